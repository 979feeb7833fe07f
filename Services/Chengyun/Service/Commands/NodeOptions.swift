internal import ArgumentParser
internal import ChengyunDomain
internal import CityModel
internal import Glibc
internal import Reactor

/// Which node a command speaks to.
struct NodeFolderOption: ParsableArguments {
  @Option(name: .customLong("data"), help: ArgumentHelp("The node's folder.", valueName: "dir"))
  var path = NodeFolder.defaultPath

  var folder: NodeFolder { NodeFolder(path) }

  /// The running node's status, or the end of the command.
  func runningStatus() throws -> NodeStatus {
    guard let status = folder.status(), status.pid != nil else {
      throw CommandFailure(.unavailable, "no node runs on \(folder.root); start one with `chengyun up --data \(path)`")
    }
    return status
  }
}

/// What may be chosen when a node starts for the first time; later starts remember it.
struct NodeSettingsOptions: ParsableArguments {
  @Option(help: ArgumentHelp("The services listen on this port plus 1 to 5. (default: \(NodeSettings.defaultPortBase))", valueName: "port"))
  var portBase: Int?

  @Flag(help: "Speak plain text between the services instead of mutual TLS. For trying things out only.")
  var plaintext = false

  @Option(help: ArgumentHelp("The city's code in service identities. (default: city)", valueName: "code"))
  var city: String?

  @Option(help: ArgumentHelp("city, district or street. (default: city)", valueName: "tier"))
  var tier: String?

  @Option(help: ArgumentHelp("The node's name. (default: node-1)", valueName: "name"))
  var node: String?

  @Option(help: ArgumentHelp("The city's time zone. (default: Asia/Shanghai)", valueName: "zone"))
  var timeZone: String?

  @Option(
    help: ArgumentHelp(
      "Which run here: \(ServiceName.allCases.map(\.rawValue).joined(separator: ",")),\(ConsoleLaunch.name). (default: all)",
      valueName: "names"))
  var services: String?

  @Option(
    name: .customLong("peer"), parsing: .singleValue,
    help: ArgumentHelp("Where a service is that does not run here; once for each.", valueName: "service=host:port"))
  var peers: [String] = []

  @Option(
    help: ArgumentHelp(
      "This machine's IPv4 address that the services listen on, when others run elsewhere. (default: \(NodeSettings.loopback))",
      valueName: "address"))
  var listen: String?

  @Option(
    help: ArgumentHelp(
      "IPv4 address that the console listens on; beyond this machine with TLS only. (default: \(NodeSettings.loopback))",
      valueName: "address"))
  var consoleListen: String?

  @Flag(
    inversion: .prefixedNo, help: "The console speaks TLS with browsers, by a certificate of the node's own authority or the one given.")
  var consoleTls: Bool?

  @Option(
    help: ArgumentHelp("PEM file of a certificate that browsers trust, with its intermediates; implies --console-tls.", valueName: "file"))
  var consoleCertificate: String?

  @Option(help: ArgumentHelp("PEM file of its key.", valueName: "file"))
  var consoleKey: String?

  /// What is given here, else what the folder remembers, else the defaults.
  func settings(_ stored: NodeSettings?, defaults: NodeSettings = NodeSettings()) throws -> NodeSettings {
    var settings = stored ?? defaults
    settings.portBase = portBase ?? settings.portBase
    settings.plaintext = plaintext
    settings.city = city ?? settings.city
    settings.tier = tier ?? settings.tier
    settings.node = node ?? settings.node
    settings.timeZone = timeZone ?? settings.timeZone
    settings.listen = listen ?? settings.listen
    try place(in: &settings)
    place(&settings.consolePlace)
    if let fault = settings.fault { throw ValidationError(fault) }
    if (try? CityTimeZone(name: settings.timeZone)) == nil {
      throw ValidationError("\(settings.timeZone) is no time zone that this machine knows")
    }
    return settings
  }

  private func place(_ console: inout ConsolePlace) {
    console.listen = consoleListen ?? console.listen
    console.host = Files.hostName()
    console.tls = consoleTls ?? (console.tls || consoleCertificate != nil)
    // The own one again, unless another is given with it.
    if consoleTls != nil { (console.certificate, console.key) = ("", "") }
    if let consoleCertificate { console.certificate = Files.absolute(consoleCertificate) }
    if let consoleKey { console.key = Files.absolute(consoleKey) }
  }

  /// What runs here, and where the rest is. Whoever says anew what runs here says anew where the rest is.
  private func place(in settings: inout NodeSettings) throws {
    if let services {
      let names = services.split(separator: ",").map(String.init)
      for name in names where name != ConsoleLaunch.name && ServiceName(rawValue: name) == nil {
        throw ValidationError("--services: there is no \(name)")
      }
      settings.services = ServiceName.allCases.filter { names.contains($0.rawValue) }
      settings.runsConsole = names.contains(ConsoleLaunch.name)
      settings.peers = [:]
    }
    for peer in peers {
      let parts = peer.split(separator: "=", maxSplits: 1)
      guard parts.count == 2, let service = ServiceName(rawValue: String(parts[0])) else {
        throw ValidationError("--peer \(peer) must be a service and its address, such as evaluation=10.0.0.2:7104")
      }
      settings.peers[service] = String(parts[1])
    }
  }
}
