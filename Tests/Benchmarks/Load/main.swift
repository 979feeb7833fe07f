// The sender of the benchmarks `intake.durable_reports_per_s` and `report_to_dispatched_p99_ms`: real calls to a running node, over mutual
// TLS as in use. Prints one line of JSON. `load-bench --help`.
import ArgumentParser
import DispatchAPI
import Glibc
import IntakeAPI
import RPC
import Reactor

func run(_ options: Options, _ reactors: ReactorGroup) async throws -> String {
  let dispatch = try options.channel(to: options.dispatch, expecting: "dispatch", reactors)
  let intake = try (0..<(options.mode == .intake ? options.connections : 1)).map { _ in
    try options.channel(to: options.intake, expecting: "intake", reactors)
  }
  try await City.register(intake: IntakeClient(intake[0]), dispatch: DispatchClient(dispatch))
  // From here on intake alone is needed: dispatch may be stopped while its reports are counted.
  if options.mode == .intake { await dispatch.close() }
  if options.wait { try await awaitStart() }
  switch options.mode {
  case .intake:
    let figures = try await IntakeLoad(options: options).run(intake)
    for channel in intake { await channel.close() }
    return figures
  case .latency:
    let figures = try await DispatchLatency(options: options).run(intake: intake[0], dispatch: dispatch)
    for channel in intake + [dispatch] { await channel.close() }
    return figures
  }
}

/// Whoever started this prepares something, too.
func awaitStart() async throws {
  print("ready")
  fflush(nil)
  guard try await OffloadPool.run({ readLine() }) != nil else { throw LoadError("standard input ended before a line came") }
}

let options = Options.parseOrExit()
let reactors = try ReactorGroup(count: 1, name: "load")
do {
  print(try await reactors.reactors[0].spawn { try await run(options, reactors) }.value)
  exit(0)
} catch {
  print("failed: \(error)")
  exit(1)
}
