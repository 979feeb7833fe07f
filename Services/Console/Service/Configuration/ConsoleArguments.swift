internal import NodeKit

/// What may stand behind `console` on the command line: like a service, it is configured by its environment.
enum ConsoleArguments: Hashable {
  case run, help, version, check

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

  static let helpText = """
    usage: console [--help | --version | --check]

    The console of a Chengyun node: pages and a JSON API for people, over the services' RPCs. It is configured by environment variables:
      \(NodeKeys.city), \(NodeKeys.tier), \(NodeKeys.node), \(NodeKeys.timeZone)
                               as for the services
      \(NodeKeys.listen)          numeric address and port of HTTP/1.1
      \(NodeKeys.tlsAuthority), \(NodeKeys.tlsCertificate), \(NodeKeys.tlsKey)
                               PEM files for mutual TLS with the services; or \(NodeKeys.plaintext)=1
      \(NodeKeys.fieldKeyFile)  the node's 32-byte secret
      \(ServiceName.all.map(NodeKeys.address).joined(separator: ", "))
                               addresses of the services
      \(ConsoleKeys.web)             folder of the pages; default: web beside the program, or the sources above it
      \(ConsoleKeys.assets)          folder that .ci/assets fills; default: assets beside the program, or .chengyun/assets above it
      \(ConsoleKeys.url)     what people type; with https:// cookies are Secure. Default: the address listened on
      \(ConsoleKeys.tlsCertificate), \(ConsoleKeys.tlsKey)
                               PEM files for TLS with browsers: the certificate with its intermediates, and its key. Default: plain text,
                               for browsers on this machine or a reverse proxy with TLS
      \(ConsoleKeys.proxies) reverse proxies in front, each appending to X-Forwarded-For; 0 to 3, default 0
      \(NodeKeys.reactors)        threads for calls to the services; default one a core
      \(NodeKeys.logLevel)       trace, debug, info, notice, warning, error, critical; default info
      \(NodeKeys.drainSeconds)   grace for answers in flight after SIGTERM; default 10

    exit codes: 0 stopped cleanly, 64 wrong arguments, 70 internal error, 71 cannot listen, 78 wrong configuration

    """
}
