// From environment variables to settings.
internal import Glibc
internal import Logging
package import RPC

extension ServiceConfiguration {
  /// - Throws: `ConfigurationError` with everything that is missing or wrong.
  public init(service: String, environment: [String: String]) throws(ConfigurationError) {
    var reader = EnvironmentReader(environment)
    let city = reader.segment(NodeKeys.city, example: "liuzhou")
    let tier = reader.choice(NodeKeys.tier, of: ["city", "district", "street"], default: "city")
    let node = reader.segment(NodeKeys.node, example: "liuzhou-1")
    let timeZone = reader.text(NodeKeys.timeZone, default: "Asia/Shanghai")
    let listen = reader.address(NodeKeys.listen)
    let database = DatabaseSettings(
      conninfo: reader.required(NodeKeys.databaseURL, example: "host=/run/postgresql dbname=chengyun user=\(service)"),
      schema: reader.optional(NodeKeys.databaseSchema),
      connectionsPerReactor: reader.integer(NodeKeys.databasePool, in: 1...64, default: 4))
    let security = reader.security()
    let secretFile = reader.required(NodeKeys.fieldKeyFile, example: "/etc/chengyun/node.secret")
    var addresses: [String: String] = [:]
    for name in ServiceName.all { addresses[name] = reader.optional(NodeKeys.address(of: name)) }
    let reactors = reader.integer(NodeKeys.reactors, in: 0...256, default: 0)
    let logLevel = reader.choice(NodeKeys.logLevel, of: Logger.Level.allCases.map(\.rawValue), default: "info")
    let drain = reader.integer(NodeKeys.drainSeconds, in: 0...3_600, default: 10)
    let start = reader.integer(NodeKeys.startSeconds, in: 0...86_400, default: 60)
    let days = reader.integer(NodeKeys.commandDays, in: 1...3_650, default: 7)
    guard reader.faults.isEmpty, let listen, let security else { throw ConfigurationError(reader.faults) }
    self.init(
      service: service, city: city, tier: tier, node: node, timeZone: timeZone, listen: listen, database: database,
      security: security, secretFile: secretFile, addresses: addresses, reactors: reactors,
      logLevel: Logger.Level(rawValue: logLevel) ?? .info, drainGrace: .seconds(drain), startPatience: .seconds(start),
      commandRetention: .seconds(days * 86_400))
  }

  /// The process's own environment, as far as it concerns us.
  static func processEnvironment() -> [String: String] {
    let fixed = [
      NodeKeys.city, NodeKeys.tier, NodeKeys.node, NodeKeys.timeZone, NodeKeys.listen, NodeKeys.databaseURL, NodeKeys.databaseSchema,
      NodeKeys.databasePool, NodeKeys.tlsAuthority, NodeKeys.tlsCertificate, NodeKeys.tlsKey, NodeKeys.plaintext,
      NodeKeys.fieldKeyFile, NodeKeys.reactors, NodeKeys.logLevel, NodeKeys.drainSeconds, NodeKeys.startSeconds,
      NodeKeys.commandDays,
    ]
    var found: [String: String] = [:]
    for name in fixed + ServiceName.all.map(NodeKeys.address) {
      if let value = getenv(name) { found[name] = String(cString: value) }
    }
    return found
  }
}

/// Reads variables and keeps a list of what is wrong with them. An empty variable counts as absent.
package struct EnvironmentReader {
  private let values: [String: String]
  package private(set) var faults: [ConfigurationError.Fault] = []

  package init(_ values: [String: String]) { self.values = values }

  private mutating func complain(_ name: String, _ complaint: String) {
    faults.append(ConfigurationError.Fault(name: name, complaint: complaint))
  }

  package func optional(_ name: String) -> String? { values[name].flatMap { $0.isEmpty ? nil : $0 } }

  package func text(_ name: String, default fallback: String) -> String { optional(name) ?? fallback }

  package mutating func required(_ name: String, example: String) -> String {
    if let value = optional(name) { return value }
    complain(name, "is missing (for instance \(example))")
    return ""
  }

  /// A name that becomes part of certificates.
  package mutating func segment(_ name: String, example: String) -> String {
    let value = required(name, example: example)
    if !value.isEmpty, ServiceIdentity(uri: "spiffe://\(value)/t/n/s") == nil {
      complain(name, "may hold letters, digits, '-', '_' and '.' only")
    }
    return value
  }

  package mutating func choice(_ name: String, of choices: [String], default fallback: String) -> String {
    let value = text(name, default: fallback)
    if !choices.contains(value) { complain(name, "must be one of \(choices.joined(separator: ", "))") }
    return value
  }

  package mutating func integer(_ name: String, in range: ClosedRange<Int>, default fallback: Int) -> Int {
    guard let text = optional(name) else { return fallback }
    guard let value = Int(text), range.contains(value) else {
      complain(name, "must be a whole number from \(range.lowerBound) to \(range.upperBound)")
      return fallback
    }
    return value
  }

  package mutating func address(_ name: String) -> SocketAddress? {
    let text = required(name, example: "127.0.0.1:7001")
    if text.isEmpty { return nil }
    if let colon = text.lastIndex(of: ":"), let port = UInt16(text[text.index(after: colon)...]) {
      let host = text[..<colon].drop { $0 == "[" }
      if let address = SocketAddress(host: String(host.last == "]" ? host.dropLast() : host), port: port) { return address }
    }
    complain(name, "must be a numeric address and a port, for instance 127.0.0.1:7001 or [::]:7001")
    return nil
  }

  package mutating func security() -> ServiceConfiguration.Security? {
    let names = [NodeKeys.tlsAuthority, NodeKeys.tlsCertificate, NodeKeys.tlsKey]
    let present = names.filter { optional($0) != nil }
    if let plain = optional(NodeKeys.plaintext) {
      if plain == "1", present.isEmpty { return .plaintext }
      complain(NodeKeys.plaintext, plain == "1" ? "contradicts \(present.joined(separator: ", "))" : "must be 1 or absent")
      return nil
    }
    for name in names where !present.contains(name) { complain(name, "is missing (or \(NodeKeys.plaintext)=1 for plain text)") }
    guard let authority = optional(names[0]), let certificate = optional(names[1]), let key = optional(names[2]) else { return nil }
    return .mutualTLS(authority: authority, certificate: certificate, key: key)
  }
}
