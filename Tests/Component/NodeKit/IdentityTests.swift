// Who a person is, believed only when it is proven.
import CityModel
import CommonAPI
import Cryptography
import EventsAPI
import HealthAPI
import RPC
import Reactor
import Synchronization
import TestKit
import Testing
import Wire

@testable import NodeKit

@Suite(.timeLimit(.minutes(5))) struct IdentityTests {
  private let node = try! TestNode()
  private let now = systemNow()

  private func verifier(_ node: TestNode? = nil, at instant: Instant? = nil) throws -> IdentityVerifier {
    let node = node ?? self.node
    let instant = instant ?? now
    return IdentityVerifier(
      authorities: try TrustedAuthorities(.pem(node.authority.certificatePEM)), service: node.identity(of: "intake"), now: { instant })
  }

  private func bytes(of metadata: Metadata) throws -> [UInt8] { try #require(metadata.firstBytes(named: IdentityKeys.metadata)) }

  private func refusal(_ signed: [UInt8], _ verifier: IdentityVerifier) -> String? {
    do throws(RPCError) {
      _ = try verifier.person(signed: signed)
      return nil
    } catch {
      #expect(error.code == .unauthenticated)
      return error.metadata.first(named: RPCError.refusalCode)
    }
  }

  @Test func whatDispatchSignedIsBelieved() throws {
    let metadata = try node.metadata(for: .department, named: "li", department: "环卫", crew: "一班", district: "D1", now: now)
    let verifier = try verifier()
    let call = CallContext(
      method: HealthMethods.check, metadata: metadata, peer: Peer(address: "x", identity: node.identity(of: "console")))
    let person = try #require(try verifier.person(of: call))
    #expect(person.name == "li" && person.roles == ["department"] && person.displayName == "张三" && person.session.count == 16)
    #expect(person.department == "环卫" && person.crew == "一班" && person.district == "D1")
    #expect(try verifier.person(of: call) === person, "remembered by its bytes")
    #expect(try verifier.person(of: CallContext(method: HealthMethods.check, peer: call.peer)) == nil, "nobody is named")
  }

  @Test func itEnds() throws {
    let signed = try bytes(of: try node.metadata(for: .centre, now: now))
    #expect(refusal(signed, try verifier(at: now + .seconds(119))) == nil)
    #expect(refusal(signed, try verifier(at: now + .seconds(120))) == "identity.expired")
    #expect(refusal(signed, try verifier(at: now - .seconds(29))) == nil, "a clock may be behind a little")
    #expect(refusal(signed, try verifier(at: now - .seconds(31))) == "identity.expired")
    let time = Mutex(now)
    let verifier = IdentityVerifier(
      authorities: try TrustedAuthorities(.pem(node.authority.certificatePEM)), service: node.identity(of: "intake"),
      now: { time.withLock { $0 } })
    #expect(refusal(signed, verifier) == nil)
    time.withLock { $0 += .seconds(121) }
    #expect(refusal(signed, verifier) == "identity.expired", "what is remembered ends, too")
  }

  @Test(arguments: ["console", "intake", "operator", "feedback", "dispatch2"])
  func anotherServiceSigningIsNoProof(signer: String) throws {
    #expect(refusal(try bytes(of: try node.metadata(for: .administrator, signer: signer, now: now)), try verifier()) == "identity.invalid")
  }

  @Test func anotherNodesDispatchIsNoProof() throws {
    let sameName = try TestNode()
    #expect(refusal(try bytes(of: try sameName.metadata(for: .centre, now: now)), try verifier()) == "identity.invalid")
  }

  @Test func whatWasAlteredIsNoProof() throws {
    let original = try SignedIdentity(decoding: try bytes(of: try node.metadata(for: .crew, department: "环卫", now: now)))
    var widened = original
    var identity = try Identity(decoding: original.identity)
    identity.roles = ["centre"]
    widened.identity = identity.encoded()
    var prolonged = original
    identity = try Identity(decoding: original.identity)
    identity.expiresAtUs += 60_000_000
    prolonged.identity = identity.encoded()
    var otherCertificate = original
    let issued = try node.issue("dispatch")
    otherCertificate.certificate = try SigningKey(certificate: .pem(issued.certificatePEM), key: .pem(issued.privateKeyPEM)).certificateDER
    for forged in [widened, prolonged, otherCertificate] { #expect(refusal(forged.encoded(), try verifier()) == "identity.invalid") }
    for signature in [[], [0], original.signature.map { $0 ^ 0xff }] as [[UInt8]] {
      var forged = original
      forged.signature = signature
      #expect(refusal(forged.encoded(), try verifier()) == "identity.invalid")
    }
    for bytes in [[], [0xff], [UInt8](repeating: 0, count: 20_000)] as [[UInt8]] {
      #expect(refusal(bytes, try verifier()) == "identity.invalid")
    }
  }

  /// In plain text callers are trusted as they are; times that cannot be reckoned with are refused all the same.
  @Test(arguments: [Int64.max, Int64.min, -1])
  func unsignedTimesAreChecked(time: Int64) throws {
    let plain = IdentityVerifier(authorities: nil, service: node.identity(of: "intake"), now: { systemNow() })
    let identity = Identity(
      userId: [UInt8](repeating: 1, count: 16), name: "a", roles: ["centre"], issuedAtUs: time, expiresAtUs: time == .min ? .max : .min,
      node: node.identity(of: "intake").nodeName)
    #expect(refusal(SignedIdentity(identity: identity.encoded()).encoded(), plain) == "identity.invalid")
  }

  @Test func rolesDecideAtTheServer() async throws {
    @Sendable func build(_ runtime: ServiceRuntime) async throws -> ServiceParts {
      let log = EventsMethods.head
      return ServiceParts(access: [log: .person([.centre, .checker])]) { _ in }
    }
    try await withService("tiny", migrations: [], build: build) { service, channel, node in
      let console = try node.channel(to: service, as: "console")
      func outcome(_ metadata: Metadata, through channel: RPC.Channel) async -> String {
        do {
          _ = try await EventsClient(channel).head(HeadRequest(), CallOptions(metadata: metadata))
          return "ok"
        } catch let error as RPCError {
          return error.metadata.first(named: RPCError.refusalCode) ?? "\(error.code)"
        } catch {
          return "\(error)"
        }
      }
      #expect(await outcome(Metadata(), through: channel) == "ok", "the operator needs no person")
      #expect(await outcome(Metadata(), through: console) == "identity.missing")
      #expect(await outcome(try node.metadata(for: .checker), through: console) == "ok")
      #expect(await outcome(try node.metadata(for: .crew, .centre), through: console) == "ok", "one of several roles")
      #expect(await outcome(try node.metadata(for: .administrator), through: console) == "identity.role_may_not")
      #expect(await outcome(try node.metadata(for: .administrator), through: channel) == "identity.role_may_not", "whoever calls for it")
      #expect(await outcome(try node.metadata(for: .centre, signer: "console"), through: console) == "identity.invalid")
      #expect(await outcome(try node.metadata(for: .centre, now: systemNow() - .seconds(300)), through: console) == "identity.expired")
      let other = try node.channel(to: service, as: "intake")
      #expect(await outcome(try node.metadata(for: .centre), through: other) == "PERMISSION_DENIED", "not through another service")
      await console.close()
      await other.close()
    }
  }
}
