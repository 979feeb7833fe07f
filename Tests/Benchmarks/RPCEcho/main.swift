// The server of the benchmark `rpc.unary_per_s`: unary echo on one reactor, with access rules, limits, metadata, an interceptor
// and the health service in place. Prints its port and serves until SIGTERM.
// `/bench.Echo/Echo` answers the bytes that it got.
//
//   rpc-echo-bench                              the server
//   rpc-echo-bench load HOST:PORT CALLS STREAMS our client: prints unary calls per second, STREAMS at a time on one connection
import Glibc
import HealthAPI
import Logging
import RPC
import Reactor
import Wire

/// A message of bytes that are not looked into.
struct Blob: WireMessage {
  static let fullName = "bench.Blob"
  var bytes: [UInt8] = []
  init() {}
  init(count: Int) { bytes = [UInt8](repeating: 7, count: count) }
  init(decoding buffer: UnsafeRawBufferPointer) throws(WireError) { bytes = Array(buffer) }
  func encoded(prefix: Int) -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: prefix + bytes.count) { buffer, count in
      buffer[..<prefix].initialize(repeating: 0)
      _ = buffer[prefix...].initialize(from: bytes)
      count = prefix + bytes.count
    }
  }
}

struct AlwaysServing: HealthHandler {
  func check(_ request: HealthCheckRequest, _ call: CallContext) async throws -> HealthCheckResponse {
    HealthCheckResponse(status: .serving)
  }
  func watch(_ request: HealthCheckRequest, _ responses: OutboundMessages<HealthCheckResponse>, _ call: CallContext) async throws {
    try await responses.send(HealthCheckResponse(status: .serving))
  }
}

/// What a real server's metrics cost at least: two existential calls and a clock.
struct Meter: ServerInterceptor {}

/// The method that is measured.
let echo = Method(service: "bench.Echo", name: "Echo", kind: .unary)

func serve() async throws {
  let stopSignals: [Int32] = [SIGINT, SIGTERM]
  Signals.block(stopSignals)
  let reactors = try ReactorGroup(count: 1, name: "bench")
  var router = Router()
  router.unary(echo) { (request: Blob, call: CallContext) async throws -> Blob in request }
  AlwaysServing().register(in: &router)
  let access = AccessPolicy([echo: .services(["operator"]), HealthMethods.check: .anyone, HealthMethods.watch: .anyone])
  let server = try Server(
    configuration: ServerConfiguration(trustPlaintextPeers: true), reactors: reactors, router: router, access: access,
    interceptors: [Meter()], logger: Logger(label: "bench"))
  let addresses = try await server.start()
  print(addresses[0].port)
  fflush(nil)
  _ = try await reactors.reactors[0].spawn { try await Signals.next(of: stopSignals) }.value
  await server.drain(grace: .seconds(1))
}

func load(target: String, calls: Int, streams: Int) async throws {
  let reactors = try ReactorGroup(count: 1, name: "load")
  let channel = Channel(target: target, tls: nil, reactors: reactors)
  let request = Blob(count: 100)
  let seconds = try await reactors.reactors[0].spawn {
    let _: Blob = try await channel.unary(echo, request)
    let start = MonotonicTime.now()
    try await withThrowingTaskGroup(of: Void.self) { group in
      for _ in 0..<streams {
        group.addTask {
          for _ in 0..<(calls / streams) {
            let answer: Blob = try await channel.unary(echo, request)
            precondition(answer == request, "another answer than the request")
          }
        }
      }
      try await group.waitForAll()
    }
    return start.duration(to: .now()).inSeconds
  }.value
  print("BENCH rpc.client_unary_per_s \(Int(Double(calls) / seconds)) 1/s")
  await channel.close()
  await reactors.shutdown()
}

let arguments = CommandLine.arguments
if arguments.count == 5, arguments[1] == "load", let calls = Int(arguments[3]), let streams = Int(arguments[4]), streams > 0 {
  try await load(target: arguments[2], calls: calls, streams: streams)
} else {
  try await serve()
}
