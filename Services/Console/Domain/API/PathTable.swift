/// Finds the operation of a request by its path. Literals before variables; a variable may have an ending (`{y}.mvt`).
public struct PathTable<Value: Sendable>: Sendable {
  public enum Finding: Sendable {
    case found(Value, variables: [String: String])
    /// There are operations at the path, of these methods.
    case otherMethods([String])
    case nothing
  }

  private struct Entry: Sendable {
    let segments: [Segment]
    let method: String
    let value: Value
  }

  private enum Segment: Sendable {
    case literal(String)
    case variable(String, ending: String)

    init(_ text: Substring) {
      guard text.first == "{", let close = text.firstIndex(of: "}") else {
        self = .literal(String(text))
        return
      }
      self = .variable(String(text[text.index(after: text.startIndex)..<close]), ending: String(text[text.index(after: close)...]))
    }
  }

  private var entries: [Int: [Entry]] = [:]

  public init() {}

  public mutating func add(_ method: String, _ path: String, _ value: Value) {
    let segments = path.split(separator: "/").map(Segment.init)
    entries[segments.count, default: []].append(Entry(segments: segments, method: method, value: value))
  }

  /// - Parameter segments: of the path, decoded.
  public func find(_ method: String, _ segments: [String]) -> Finding {
    var best: (entry: Entry, variables: [String: String])?
    var methods: [String] = []
    for entry in entries[segments.count] ?? [] {
      guard let variables = match(entry.segments, segments) else { continue }
      methods.append(entry.method)
      if entry.method == method, best == nil || variables.count < best!.variables.count { best = (entry, variables) }
    }
    if let best { return .found(best.entry.value, variables: best.variables) }
    return methods.isEmpty ? .nothing : .otherMethods(methods)
  }

  private func match(_ pattern: [Segment], _ segments: [String]) -> [String: String]? {
    var variables: [String: String] = [:]
    for (part, text) in zip(pattern, segments) {
      switch part {
      case .literal(let literal): if literal != text { return nil }
      case .variable(let name, let ending):
        guard text.hasSuffix(ending), text.count > ending.count else { return nil }
        variables[name] = String(text.dropLast(ending.count))
      }
    }
    return variables
  }
}
