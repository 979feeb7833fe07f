/// Walks an object of a mapping file, collects every fault with line and field, and at the end names members that nobody asked for.
final class MappingReader {
  private(set) var faults: [MappingFault] = []

  func fault(_ node: JSONNode, _ field: String, _ message: String) {
    faults.append(MappingFault(line: node.line, field: field, message: message))
  }

  /// The members of an object by name; anything but `known` is a fault.
  func object(_ node: JSONNode, _ field: String, known: Set<String>) -> [String: JSONNode]? {
    guard let members = node.members else {
      fault(node, field, "an object is expected, not \(node.kindName)")
      return nil
    }
    for member in members where !known.contains(member.name) && !member.name.hasPrefix("//") {
      let names = known.sorted().joined(separator: ", ")
      faults.append(
        MappingFault(line: member.line, field: Self.path(field, member.name), message: "is not known here; known are \(names)"))
    }
    return Dictionary(members.map { ($0.name, $0.node) }, uniquingKeysWith: { first, _ in first })
  }

  func required(_ members: [String: JSONNode], _ name: String, of parent: JSONNode, _ field: String) -> JSONNode? {
    guard let node = members[name] else {
      fault(parent, Self.path(field, name), "is missing")
      return nil
    }
    return node
  }

  func text(_ node: JSONNode?, _ field: String, limit: Int = 500) -> String? {
    guard let node else { return nil }
    guard let text = node.string else {
      fault(node, field, "a text is expected, not \(node.kindName)")
      return nil
    }
    guard !text.isEmpty, text.utf8.count <= limit else {
      fault(node, field, text.isEmpty ? "must not be empty" : "is longer than \(limit) bytes")
      return nil
    }
    return text
  }

  func flag(_ node: JSONNode?, _ field: String) -> Bool? {
    guard let node else { return nil }
    if node.bool == nil { fault(node, field, "true or false is expected, not \(node.kindName)") }
    return node.bool
  }

  func number(_ node: JSONNode?, _ field: String) -> Double? {
    guard let node else { return nil }
    if node.number == nil { fault(node, field, "a number is expected, not \(node.kindName)") }
    return node.number
  }

  /// A whole number of seconds; 0 when nothing is said.
  func seconds(_ node: JSONNode?, _ field: String) -> Int64 {
    guard let node, let number = number(node, field) else { return 0 }
    guard let whole = Int64(exactly: number), whole >= 0 else {
      fault(node, field, "a whole number of seconds is expected")
      return 0
    }
    return whole
  }

  /// One of the words of a closed list.
  func word<Value>(_ node: JSONNode?, _ field: String, _ words: [(String, Value)]) -> Value? {
    guard let node, let word = text(node, field) else { return nil }
    if let found = words.first(where: { $0.0 == word }) { return found.1 }
    fault(node, field, "\"\(word)\" is not one of \(words.map(\.0).joined(separator: ", "))")
    return nil
  }

  func column(_ node: JSONNode?, _ field: String) -> Column? {
    guard let node, let name = text(node, field) else { return nil }
    return Column(name: name, line: node.line, field: field)
  }

  /// One column's name, or a list of them.
  func columns(_ node: JSONNode?, _ field: String) -> [Column] {
    guard let node else { return [] }
    guard let elements = node.array else { return column(node, field).map { [$0] } ?? [] }
    if elements.isEmpty { fault(node, field, "must name a column") }
    return elements.enumerated().compactMap { column($1, "\(field)[\($0)]") }
  }

  /// An object whose members are the source's values.
  func table<Value>(_ node: JSONNode?, _ field: String, _ value: (JSONNode, String) -> Value?) -> [String: Value] {
    guard let node else { return [:] }
    guard let members = node.members else {
      fault(node, field, "an object is expected, not \(node.kindName)")
      return [:]
    }
    var table: [String: Value] = [:]
    for member in members { table[member.name] = value(member.node, Self.path(field, member.name)) }
    return table
  }

  func list<Value>(_ node: JSONNode?, _ field: String, _ value: (JSONNode, String) -> Value?) -> [Value] {
    guard let node else { return [] }
    guard let elements = node.array else {
      fault(node, field, "a list is expected, not \(node.kindName)")
      return []
    }
    return elements.enumerated().compactMap { value($1, "\(field)[\($0)]") }
  }

  static func path(_ parent: String, _ name: String) -> String { parent.isEmpty ? name : parent + "." + name }
}
