// What the console's process is told by its environment.
internal import Glibc
internal import Logging
package import NodeKit
internal import RPC

/// The settings of the console. `init(environment:)` reads them and reports every fault at once.
package struct ConsoleConfiguration: Sendable {
  package var city: String
  var tier: String
  package var node: String
  package var timeZone: String
  /// `CHENGYUN_LISTEN`: where HTTP/1.1 is spoken.
  var host: String
  var port: Int
  /// `CHENGYUN_CONSOLE_TLS_CERT`, `CHENGYUN_CONSOLE_TLS_KEY`: TLS with browsers. Nil: plain text; a reverse proxy speaks TLS, or nobody
  /// from outside comes.
  package var browserTLS: (certificate: String, key: String)?
  package var security: ServiceConfiguration.Security
  /// The node's secret, from which the key of the cookies is derived.
  package var secretFile: String
  /// `CHENGYUN_INTAKE`, `CHENGYUN_DISPATCH` …: where the services are.
  package var addresses: [String: String]
  /// `CHENGYUN_WEB`: the folder of pages, scripts and styles. Default: beside the program, else in the sources above it.
  package var web: String
  /// `CHENGYUN_ASSETS`: the folder of third-party assets that `.ci/assets` fills. Default: `.chengyun/assets` above the program.
  package var assets: String
  /// `CHENGYUN_CONSOLE_URL`: what people type, when it is not the address that is listened on. With https cookies are Secure.
  package var url: String
  /// `CHENGYUN_CONSOLE_PROXIES`: how many reverse proxies stand in front, each of which appends to X-Forwarded-For. 0 to 3, default 0.
  package var proxies: Int
  var reactors: Int
  var logLevel: Logger.Level
  /// `CHENGYUN_DRAIN_SECONDS`: how long answers in flight may take after SIGTERM. Default 10 s.
  var drainGrace: Duration

  var isSecure: Bool { url.hasPrefix("https://") }

  /// Every file with a certificate that a start reads: the authority's, the console's own, the one that browsers see.
  var certificateFiles: [String] {
    var files: [String] = []
    if case .mutualTLS(let authority, let certificate, _) = security { files = [authority, certificate] }
    return files + (browserTLS.map { [$0.certificate] } ?? [])
  }

  /// - Throws: `ConfigurationError` with everything that is missing or wrong.
  package init(environment: [String: String], program: String) throws(ConfigurationError) {
    var reader = EnvironmentReader(environment)
    city = reader.segment(NodeKeys.city, example: "liuzhou")
    tier = reader.choice(NodeKeys.tier, of: ["city", "district", "street"], default: "city")
    node = reader.segment(NodeKeys.node, example: "liuzhou-1")
    timeZone = reader.text(NodeKeys.timeZone, default: "Asia/Shanghai")
    let listen = reader.address(NodeKeys.listen)
    let security = reader.security()
    secretFile = reader.required(NodeKeys.fieldKeyFile, example: "/etc/chengyun/node.secret")
    addresses = [:]
    for name in ServiceName.all { addresses[name] = reader.required(NodeKeys.address(of: name), example: "127.0.0.1:7101") }
    web = reader.optional(ConsoleKeys.web) ?? Folders.find("Services/Console/Web", "web", near: program) ?? ""
    assets = reader.optional(ConsoleKeys.assets) ?? Folders.find(".chengyun/assets", "assets", near: program) ?? ""
    host = listen?.host ?? ""
    port = Int(listen?.port ?? 0)
    let (certificate, key) = (reader.optional(ConsoleKeys.tlsCertificate), reader.optional(ConsoleKeys.tlsKey))
    if let certificate, let key { browserTLS = (certificate, key) }
    url = reader.text(ConsoleKeys.url, default: "\(browserTLS == nil ? "http" : "https")://\(host):\(port)")
    proxies = reader.integer(ConsoleKeys.proxies, in: 0...3, default: 0)
    reactors = reader.integer(NodeKeys.reactors, in: 0...256, default: 0)
    let level = reader.choice(NodeKeys.logLevel, of: Logger.Level.allCases.map(\.rawValue), default: "info")
    logLevel = Logger.Level(rawValue: level) ?? .info
    drainGrace = .seconds(reader.integer(NodeKeys.drainSeconds, in: 0...3_600, default: 10))
    var faults = reader.faults
    if web.isEmpty {
      faults.append(.init(name: ConsoleKeys.web, complaint: "is missing, and no folder of pages stands beside or above the program"))
    }
    if (certificate == nil) != (key == nil) {
      let missing = certificate == nil ? ConsoleKeys.tlsCertificate : ConsoleKeys.tlsKey
      faults.append(.init(name: missing, complaint: "is missing: TLS needs a certificate and its key"))
    }
    guard faults.isEmpty, let security else { throw ConfigurationError(faults) }
    self.security = security
  }

  /// The process's own environment, as far as it concerns us.
  static func processEnvironment() -> [String: String] {
    let names = [
      NodeKeys.city, NodeKeys.tier, NodeKeys.node, NodeKeys.timeZone, NodeKeys.listen, NodeKeys.tlsAuthority, NodeKeys.tlsCertificate,
      NodeKeys.tlsKey, NodeKeys.plaintext, NodeKeys.fieldKeyFile, NodeKeys.reactors, NodeKeys.logLevel, NodeKeys.drainSeconds,
      ConsoleKeys.web, ConsoleKeys.assets, ConsoleKeys.url, ConsoleKeys.proxies, ConsoleKeys.tlsCertificate, ConsoleKeys.tlsKey,
    ]
    var found: [String: String] = [:]
    for name in names + ServiceName.all.map(NodeKeys.address) {
      if let value = getenv(name) { found[name] = String(cString: value) }
    }
    return found
  }
}

/// Where the program's data folders stand.
enum Folders {
  /// `installed` beside the program, else `inSources` in a folder above it. Nil when there is neither.
  static func find(_ inSources: String, _ installed: String, near program: String) -> String? {
    var folder = parent(program)
    if let found = real("\(folder)/\(installed)") { return found }
    while !folder.isEmpty {
      if let found = real("\(folder)/\(inSources)") { return found }
      folder = parent(folder)
    }
    return nil
  }

  static func ownProgram() -> String {
    var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
    let count = readlink("/proc/self/exe", &buffer, buffer.count - 1)
    return String(decoding: buffer.prefix(max(0, count)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  private static func parent(_ path: String) -> String { path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "" }

  private static func real(_ path: String) -> String? {
    var state = stat()
    return stat(path, &state) == 0 && state.st_mode & S_IFMT == S_IFDIR ? path : nil
  }
}
