// The server of the benchmark `rpc.unary_per_s`: unary echo on one reactor, with access rules, limits, metadata, an interceptor
// and the health service in place. Prints its port and serves until SIGTERM.
// `/bench.Echo/Echo` answers the bytes that it got.
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
  init(decoding buffer: UnsafeRawBufferPointer) throws(WireError) { bytes = Array(buffer) }
  func encoded(prefix: Int) -> [UInt8] {
    var encoded = [UInt8](repeating: 0, count: prefix)
    encoded.reserveCapacity(prefix + bytes.count)
    encoded.append(contentsOf: bytes)
    return encoded
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

let stopSignals: [Int32] = [2, 15]
Signals.block(stopSignals)
let reactors = try ReactorGroup(count: 1, name: "bench")
var router = Router()
let echo = Method(service: "bench.Echo", name: "Echo", kind: .unary)
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
