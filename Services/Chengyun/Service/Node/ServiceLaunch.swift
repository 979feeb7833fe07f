internal import ChengyunDomain
internal import Glibc

extension NodeFolder {
  /// How one service of the node is started. The programs stand beside this one.
  func launch(_ service: ServiceName, settings: NodeSettings, databaseURL: String, programs: String) throws(HostError) -> Launch {
    let executable = Files.joined(programs, service.rawValue)
    guard Files.isExecutable(executable) else { throw HostError("\(executable) is missing; build the product \(service.rawValue)") }
    var environment = environment(of: service.rawValue, settings)
    environment["CHENGYUN_LISTEN"] = settings.listenAddress(of: service)
    environment["CHENGYUN_DATABASE_URL"] = databaseURL
    return Launch(executable: executable, environment: environment, logFile: log(of: service.rawValue), folder: root)
  }

  /// How the console is started. Nil when the program is not there.
  func launchConsole(settings: NodeSettings, programs: String) -> Launch? {
    let executable = Files.joined(programs, ConsoleLaunch.name)
    guard Files.isExecutable(executable) else { return nil }
    var environment = environment(of: ConsoleLaunch.name, settings)
    environment["CHENGYUN_LISTEN"] = settings.consoleAddress
    if settings.consolePlace.tls {
      environment["CHENGYUN_CONSOLE_TLS_CERT"] = consoleCertificate(settings)
      environment["CHENGYUN_CONSOLE_TLS_KEY"] =
        settings.consolePlace.usesOwnCertificate ? key(of: NodeCertificates.browsersName) : settings.consolePlace.key
    }
    if environment["CHENGYUN_CONSOLE_URL"] == nil { environment["CHENGYUN_CONSOLE_URL"] = settings.consoleURL }
    return Launch(executable: executable, environment: environment, logFile: log(of: ConsoleLaunch.name), folder: root)
  }

  /// What the console shows browsers; nil in plain text.
  func consoleCertificate(_ settings: NodeSettings) -> String? {
    let place = settings.consolePlace
    guard place.tls else { return nil }
    return place.usesOwnCertificate ? certificate(of: NodeCertificates.browsersName) : place.certificate
  }

  /// Asks the console how it is.
  func consoleProbe(_ settings: NodeSettings) -> ConsoleProbe {
    ConsoleProbe(host: settings.consolePlace.near, port: settings.consolePort, certificate: consoleCertificate(settings))
  }

  private func environment(of name: String, _ settings: NodeSettings) -> [String: String] {
    var environment = Self.inherited
    environment["CHENGYUN_CITY"] = settings.city
    environment["CHENGYUN_TIER"] = settings.tier
    environment["CHENGYUN_NODE"] = settings.node
    environment["CHENGYUN_TIME_ZONE"] = settings.timeZone
    environment["CHENGYUN_FIELD_KEY_FILE"] = fieldKeyFile
    for other in ServiceName.allCases { environment["CHENGYUN_\(other.rawValue.uppercased())"] = settings.address(of: other) }
    if settings.plaintext {
      environment["CHENGYUN_PLAINTEXT"] = "1"
    } else {
      environment["CHENGYUN_TLS_CA"] = certificate(of: NodeCertificates.authorityName)
      environment["CHENGYUN_TLS_CERT"] = certificate(of: name)
      environment["CHENGYUN_TLS_KEY"] = key(of: name)
    }
    return environment
  }

  /// What the operator may set for the services from outside, and what programs need to start at all.
  private static let inherited: [String: String] = {
    let names = [
      "PATH", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "TMPDIR", "CHENGYUN_LOG_LEVEL", "CHENGYUN_REACTORS", "CHENGYUN_DATABASE_POOL",
      "CHENGYUN_WEB", "CHENGYUN_ASSETS", "CHENGYUN_CONSOLE_URL", "CHENGYUN_CONSOLE_PROXIES", StartPatience.name, "SWIFT_BACKTRACE",
    ]
    var values: [String: String] = [:]
    for name in names { if let value = getenv(name) { values[name] = String(cString: value) } }
    return values
  }()
}

/// The sixth process of a node.
enum ConsoleLaunch {
  static let name = NodeCertificates.consoleName
}
