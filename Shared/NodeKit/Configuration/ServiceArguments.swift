// What may stand behind a service's name on the command line.

/// A service is configured by its environment; its arguments only ask.
enum ServiceArguments: Hashable, Sendable {
  case run
  case help
  case version
  /// Read the configuration and its files, say what is wrong, and end.
  case check

  /// Nil when they are not understood.
  init?(_ arguments: [String]) {
    switch arguments {
    case []: self = .run
    case ["--help"], ["-h"]: self = .help
    case ["--version"]: self = .version
    case ["--check"]: self = .check
    default: return nil
    }
  }

  static func helpText(_ service: String) -> String {
    """
    usage: \(service) [--help | --version | --check]

    The service \(service) of a Chengyun node. It is configured by environment variables:
      \(NodeKeys.city), \(NodeKeys.tier), \(NodeKeys.node)
                               the node's name: city, tier (city, district, street), node
      \(NodeKeys.timeZone)       IANA name; default Asia/Shanghai
      \(NodeKeys.listen)          numeric address and port, for instance 127.0.0.1:7001
      \(NodeKeys.databaseURL)    libpq connection string or URL of the service's own role
      \(NodeKeys.databaseSchema) schema; default: the role's search_path
      \(NodeKeys.databasePool)   connections a reactor; default 4
      \(NodeKeys.tlsAuthority), \(NodeKeys.tlsCertificate), \(NodeKeys.tlsKey)
                               PEM files for mutual TLS; or \(NodeKeys.plaintext)=1
      \(NodeKeys.fieldKeyFile)  the node's 32-byte secret
      \(ServiceName.all.map(NodeKeys.address).joined(separator: ", "))
                               addresses of the services that this one calls
      \(NodeKeys.reactors)        threads that serve; default one a core
      \(NodeKeys.logLevel)       trace, debug, info, notice, warning, error, critical; default info
      \(NodeKeys.drainSeconds)   grace for calls in flight after SIGTERM; default 10
      \(NodeKeys.startSeconds)   patience with the database at start; default 60
      \(NodeKeys.commandDays)    days that answers to repeated commands are kept; default 7 (facts are kept for ever)

    exit codes: 0 stopped cleanly, 64 wrong arguments, 69 database unreachable, 70 internal error, 71 cannot listen,
    78 wrong configuration

    """
  }
}

/// How a service's process ends (sysexits.h).
package enum ExitCode: Int32, Sendable {
  case clean = 0
  case usage = 64
  case unavailable = 69
  case `internal` = 70
  case system = 71
  case configuration = 78
}
