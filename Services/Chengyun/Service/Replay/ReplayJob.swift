internal import ChengyunDomain
internal import Reactor

/// A replay as the operator sees it: reading, progress, rejects, the second time, and what it all came to.
struct ReplayJob: Sendable {
  let clients: NodeClients
  let folder: NodeFolder
  let nodeZone: String
  let patience: Patience

  func replay(mapping: String, csv: String, rejects: String?, limit: Int?) async throws {
    let input = try await reading { try ReplayInput.load(mappingPath: mapping, csvPath: csv, limit: limit) }
    if input.mapping.timeZone != nodeZone {
      Terminal.warn(
        "note: the node's days are those of \(nodeZone), the mapping's of \(input.mapping.timeZone); "
          + "start the node with --time-zone for reports by day"
      )
    }
    if let marker = ReplayMarker.load(input.contentHash, in: folder), try await isStillThere(marker) {
      Terminal.say("\(csv) has been replayed already: nothing to do\n" + text(of: marker.summary, input))
      return
    }
    let rejectsPath = rejects ?? Files.joined(folder.replays, Files.name(of: csv) + ".rejects.csv")
    try RejectedRow.store(input.rejected, to: rejectsPath)
    Terminal.warn("\(csv): \(input.plan.cases.count) requests, \(input.plan.windows.count) windows of the data's time")
    let start = MonotonicTime.now()
    let run = ReplayRun(clients: clients, input: input, patience: patience)
    let progress = Progress("replay", total: input.plan.actionCount)
    let (summary, refused) = try await run.run { progress.update($0) }
    try RejectedRow.store(input.rejected + refused, to: rejectsPath)
    let rejectedCount = input.rejected.count + refused.count
    if refused.isEmpty {
      try ReplayMarker(contentHash: input.contentHash, source: input.mapping.source, summary: summary).store(in: folder)
    }
    let seconds = start.duration(to: .now()).inSeconds
    Terminal.say(
      "replayed \(csv) in \(fixed(seconds, 1)) s (\(Int(Double(input.plan.actionCount) / max(seconds, 0.001))) actions a second)")
    Terminal.say(text(of: summary, input) + (rejectedCount > 0 ? "\n\(rejectedCount) rows were not taken; see \(rejectsPath)" : ""))
  }

  func replay(sensors: String, files: [String], rejects: String?) async throws {
    let input = try await reading { try SensorInput.load(path: sensors, files: files) }
    let rejectsPath = rejects ?? Files.joined(folder.replays, Files.name(of: sensors) + ".rejects.csv")
    try RejectedRow.store(input.rejected, to: rejectsPath)
    let run = SensorReplay(clients: clients, input: input, patience: patience)
    let progress = Progress("readings", total: input.plan.count)
    let summary = try await run.run { progress.update($0) }
    Terminal.say(
      "\(summary.stored) readings of \(input.file.sensors.count) sensors stored, "
        + "\(summary.repeated) were there already, \(summary.refused) refused; "
        + "\(summary.alarms) alarms, \(summary.silences) of them silences, \(summary.cases) with a case")
    if !input.rejected.isEmpty { Terminal.say("\(input.rejected.count) rows were not taken; see \(rejectsPath)") }
  }

  /// Wrong data are the operator's to mend: another exit code.
  private func reading<Input: Sendable>(_ load: @escaping @Sendable () throws -> Input) async throws -> Input {
    do {
      return try await OffloadPool.run(load)
    } catch let error as HostError {
      throw CommandFailure(.badInput, error.description)
    }
  }

  /// The marker is believed only when the node's figures hold at least what it promises.
  private func isStillThere(_ marker: ReplayMarker) async throws -> Bool {
    let total = try await Figures(evaluation: clients.evaluation, patience: patience).total()
    let isThere =
      total.requests >= marker.summary.reports && total.closed >= marker.summary.closed && total.cancelled >= marker.summary.cancelled
      && total.referred >= marker.summary.referred
    if !isThere { Terminal.warn("the node holds less than the earlier replay filed: it is run again") }
    return isThere
  }

  private func text(of summary: ReplaySummary, _ input: ReplayInput) -> String {
    var lines = [
      "\(summary.reports) requests filed: \(summary.closed) closed, "
        + "\(summary.cancelled) cancelled, \(summary.referred) referred, \(summary.open) still open",
      "\(summary.duplicates) recognised as duplicates and linked; \(summary.withoutPlace) without usable coordinates",
    ]
    if summary.repeated > 0, summary.repeated < summary.reports { lines.append("\(summary.repeated) had been filed by an earlier run") }
    return lines.joined(separator: "\n")
  }
}

/// Draws a progress bar on standard error.
final class Progress {
  private var bar: ProgressBar
  private let start = MonotonicTime.now()

  init(_ title: String, total: Int) {
    bar = ProgressBar(title, total: total, isTerminal: Terminal.errorIsTerminal, now: 0)
  }

  func update(_ done: Int) {
    if let text = bar.update(done: done, now: start.duration(to: .now()).inSeconds) { Terminal.draw(text) }
  }
}
