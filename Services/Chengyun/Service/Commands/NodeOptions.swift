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

  /// What is given here, else what the folder remembers, else the defaults.
  func settings(_ stored: NodeSettings?, defaults: NodeSettings = NodeSettings()) throws -> NodeSettings {
    var settings = stored ?? defaults
    settings.portBase = portBase ?? settings.portBase
    settings.plaintext = plaintext
    settings.city = city ?? settings.city
    settings.tier = tier ?? settings.tier
    settings.node = node ?? settings.node
    settings.timeZone = timeZone ?? settings.timeZone
    if let fault = settings.fault { throw ValidationError(fault) }
    if (try? CityTimeZone(name: settings.timeZone)) == nil {
      throw ValidationError("\(settings.timeZone) is no time zone that this machine knows")
    }
    return settings
  }
}
