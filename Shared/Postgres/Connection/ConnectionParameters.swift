internal import CLibpq
internal import Glibc
import Reactor

/// Keywords and values for PQconnectStartParams.
struct ConnectionParameters: Sendable {
  private(set) var values: [(keyword: String, value: String)] = []

  init(_ configuration: DatabaseConfiguration, _ purpose: ConnectionPurpose) throws(PostgresError) {
    try parse(configuration.conninfo)
    setDefault("application_name", configuration.applicationName)
    set("client_encoding", "UTF8")
    setDefault("gssencmode", "disable")
    setDefault("keepalives_idle", "30")
    setDefault("keepalives_interval", "10")
    setDefault("keepalives_count", "3")
    setDefault("tcp_user_timeout", "30000")
    set("options", [value("options"), Self.options(configuration, purpose)].compactMap { $0 }.joined(separator: " "))
  }

  func value(_ keyword: String) -> String? {
    values.first { $0.keyword == keyword }?.value
  }

  /// Settings of the session. Plans are for short statements: compiling them (jit) costs more than it brings. Unless a transaction says
  /// otherwise (`Planning`) they are made anew each time: a generic plan that was cached while the tables of a new node were empty goes on
  /// scanning them whole when they have grown.
  private static func options(_ configuration: DatabaseConfiguration, _ purpose: ConnectionPurpose) -> String {
    var settings = [
      ("timezone", "UTC"),
      ("jit", "off"),
      ("plan_cache_mode", "force_custom_plan"),
      ("statement_timeout", "\(configuration.statementLimit.wholeNanoseconds / 1_000_000)"),
      ("idle_in_transaction_session_timeout", "\(configuration.idleTransactionLimit.wholeNanoseconds / 1_000_000)"),
    ]
    if let schema = configuration.schema { settings.append(("search_path", "\(SQL.quoted(schema)),public")) }
    if purpose == .listening { settings.append(("synchronous_commit", "off")) }
    return settings.map { "-c \($0)=\(escaped($1))" }.joined(separator: " ")
  }

  /// The server splits options at blanks; a backslash keeps them.
  private static func escaped(_ value: String) -> String {
    var escaped = ""
    for character in value {
      if character == " " || character == "\\" { escaped.append("\\") }
      escaped.append(character)
    }
    return escaped
  }

  private mutating func parse(_ conninfo: String) throws(PostgresError) {
    var message: UnsafeMutablePointer<CChar>?
    guard let options = PQconninfoParse(conninfo, &message) else {
      PQfreemem(message)
      // The parser's message quotes the string, which may hold a password.
      throw PostgresError(.connectFailed, "the connection string is malformed")
    }
    defer { PQconninfoFree(options) }
    var option = options
    while let keyword = option.pointee.keyword {
      if let value = option.pointee.val { set(String(cString: keyword), String(cString: value)) }
      option += 1
    }
  }

  private mutating func set(_ keyword: String, _ value: String) {
    values.removeAll { $0.keyword == keyword }
    values.append((keyword, value))
  }

  private mutating func setDefault(_ keyword: String, _ value: String) {
    if self.value(keyword) == nil { set(keyword, value) }
  }

  // MARK: Names

  private static func isName(_ host: Substring) -> Bool {
    guard let first = host.first, first != "/", first != "@" else { return false }
    var address = in6_addr()
    return inet_pton(AF_INET, String(host), &address) != 1 && inet_pton(AF_INET6, String(host), &address) != 1
  }

  /// Whether libpq would have to ask a name server, and so block.
  var needsResolution: Bool {
    guard value("hostaddr") == nil, let hosts = value("host") else { return false }
    return hosts.split(separator: ",", omittingEmptySubsequences: false).contains(where: Self.isName)
  }

  /// The same with every host name's addresses in `hostaddr`. Blocks: for helper threads.
  func resolved() throws(PostgresError) -> ConnectionParameters {
    let hosts = (value("host") ?? "").split(separator: ",", omittingEmptySubsequences: false)
    let ports = (value("port") ?? "").split(separator: ",", omittingEmptySubsequences: false)
    var expanded: [(host: String, address: String, port: String)] = []
    for (index, host) in hosts.enumerated() {
      let port = String(ports.count == hosts.count ? ports[index] : ports.first ?? "")
      for address in Self.isName(host) ? Self.addresses(of: String(host)) : [""] {
        expanded.append((String(host), address, port))
      }
    }
    guard !expanded.isEmpty else { throw PostgresError(.connectFailed, "the host name of the database has no address") }
    var copy = self
    copy.set("host", expanded.map(\.host).joined(separator: ","))
    copy.set("hostaddr", expanded.map(\.address).joined(separator: ","))
    if ports != [""] { copy.set("port", expanded.map(\.port).joined(separator: ",")) }
    return copy
  }

  private static func addresses(of host: String) -> [String] {
    var hints = addrinfo()
    hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
    var list: UnsafeMutablePointer<addrinfo>?
    guard getaddrinfo(host, nil, &hints, &list) == 0, let list else { return [] }
    defer { freeaddrinfo(list) }
    return sequence(first: list) { $0.pointee.ai_next }.compactMap { entry in
      var name = [CChar](repeating: 0, count: Int(NI_MAXHOST))
      let info = entry.pointee
      guard getnameinfo(info.ai_addr, info.ai_addrlen, &name, socklen_t(name.count), nil, 0, NI_NUMERICHOST) == 0 else { return nil }
      return name.withUnsafeBufferPointer { String(cString: $0.baseAddress!) }
    }
  }

  /// Starts connecting, without waiting for anything. Nil when libpq has no memory.
  func start() -> OpaquePointer? {
    var keywords: [UnsafePointer<CChar>?] = values.map { UnsafePointer(strdup($0.keyword)) }
    var texts: [UnsafePointer<CChar>?] = values.map { UnsafePointer(strdup($0.value)) }
    keywords.append(nil)
    texts.append(nil)
    defer { for pointer in keywords + texts { free(UnsafeMutablePointer(mutating: pointer)) } }
    return PQconnectStartParams(keywords, texts, 0)
  }
}
