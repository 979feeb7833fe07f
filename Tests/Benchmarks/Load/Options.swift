import ArgumentParser
import Cryptography
import RPC
import Reactor

/// What is sent, to whom, for how long.
struct Options: ParsableArguments {
  static let configuration = CommandConfiguration(
    commandName: "load-bench",
    abstract: "Sends reports to a running node and prints what it measured as one line of JSON.")

  enum Mode: String, ExpressibleByArgument {
    /// As many reports as the node takes: each client has one under way.
    case intake
    /// A fixed number a second, whatever the node does; how long until dispatch's log says "dispatched".
    case latency
  }

  @Option(help: "intake or latency") var mode = Mode.intake
  @Option(help: "intake's address") var intake: String
  @Option(help: "dispatch's address") var dispatch: String
  @Option(help: "PEM file of the authority") var ca: String?
  @Option(help: "PEM file of the operator's certificate; without it plain text") var cert: String?
  @Option(help: "PEM file of its key") var key: String?
  @Option(help: "reports under way at a time (intake)") var clients = 64
  @Option(help: "TLS connections that the clients share (intake)") var connections = 64
  @Option(help: "how long it is measured") var seconds = 20.0
  @Option(help: "how long it runs before that (intake)") var warmUp = 2.0
  @Option(help: "reports a second (latency)") var rate = 200
  @Option(help: "number of the first report: numbers that were used on the same node are repetitions") var first = 0
  @Flag(help: "says \"ready\" when kinds, standards and departments are stored; sends when a line comes on standard input") var wait = false

  func channel(to address: String, expecting service: String, _ reactors: ReactorGroup) throws -> Channel {
    guard let ca, let cert, let key else { return Channel(target: address, tls: nil, reactors: reactors) }
    let tls = try TLSContext.client(.init(certificateChain: .file(cert), privateKey: .file(key), trustedAuthorities: .file(ca)))
    return Channel(target: address, tls: tls, expectedService: service, reactors: reactors)
  }
}
