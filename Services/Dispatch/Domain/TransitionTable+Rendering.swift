internal import CityModel

extension TransitionTable {
  /// The diagram of the README, in Mermaid: commands on the arrows. What leaves any open state leaves the box.
  public static var diagram: String {
    var lines = ["stateDiagram-v2", "  [*] --> pending_dispatch: filed", "  state open {"]
    let everywhere = rows.filter { $0.from == CaseState.open }
    for row in rows where !everywhere.contains(row) {
      guard let to = row.to, to.isOpen else { continue }
      for from in row.from where from.isOpen { lines.append("    \(from.code) --> \(to.code): \(row.label)") }
    }
    lines.append("  }")
    for row in rows where !everywhere.contains(row) {
      guard let to = row.to else { continue }
      for from in row.from where !from.isOpen || !to.isOpen { lines.append("  \(from.code) --> \(to.code): \(row.label)") }
    }
    for row in everywhere {
      guard let to = row.to else { continue }
      lines.append("  open --> \(to.code): \(row.label)")
    }
    return lines.joined(separator: "\n")
  }

  /// The table of the README, in Markdown.
  public static var markdown: String {
    var lines = ["| command | from | to | fact | reason | when | who |", "|---|---|---|---|---|---|---|"]
    for row in rows {
      let states = row.from.map(\.code).joined(separator: ", ")
      let from = row.from == CaseState.allCases ? "any" : row.from == CaseState.open ? "any open" : states
      let named = Role.allCases.filter(row.roles.contains).map(\.rawValue).joined(separator: ", ")
      let roles = row.roles == Set(Role.allCases) ? "anyone" : named
      let first = row.first.map { "\($0.rawValue), then " } ?? ""
      lines.append(
        "| \(first)\(row.command.rawValue) | \(from) | \(row.to?.code ?? "same") | \(row.fact.words.english) "
          + "| \(row.reasonRequired ? "required" : "") | \(row.condition?.rawValue ?? "") | \(roles) |")
    }
    return lines.joined(separator: "\n")
  }
}

extension Transition {
  fileprivate var label: String { command.rawValue + (condition.map { " [\($0.rawValue)]" } ?? "") }
}
