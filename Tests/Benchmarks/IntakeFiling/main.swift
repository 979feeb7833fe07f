// The sender of the benchmark `intake.durable_reports_per_s`: so many clients, each with one report under way, submit to a running intake;
// prints how many a second were durable, and the slowest hundredth.
//
//   intake-filing-bench ADDRESS CA CERT KEY [REPORTS 100000] [CLIENTS 64] [unary|stream] [PREFIX bench]
//
// CA, CERT and KEY are PEM files of the operator; "-" three times means plain text. Reports are spread over 20 kinds and 30 km, so that a few
// of them repeat each other, as in a city.
import CommonAPI
import Cryptography
import Glibc
import IntakeAPI
import RPC
import Reactor

struct Plan: Sendable {
  let reports: Int
  let clients: Int
  let streaming: Bool
  let prefix: String

  func request(_ number: Int) -> SubmitReportRequest {
    // Two steps of irrational length fill the square evenly.
    let (x, y) = (Double(number) * 0.618_033_988_749_894_9, Double(number) * 0.754_877_666_246_692_8)
    let point = Point(longitude: 116.2 + 0.3 * (x - x.rounded(.down)), latitude: 39.8 + 0.3 * (y - y.rounded(.down)))
    return SubmitReportRequest(
      idempotencyKey: "\(prefix)-\(number)", channel: .hotline, kind: "bench-\(number % 20)", text: "路口有暴露垃圾，已经三天没有清理，请尽快处理。",
      place: Place(point: point, address: "和平路\(number % 900)号"), reporter: Reporter(name: "王小明", phone: "13812341234"),
      externalRef: "\(number)")
  }
}

func argument(_ index: Int, _ standard: String) -> String {
  CommandLine.arguments.count > index ? CommandLine.arguments[index] : standard
}

func setUp(_ client: IntakeClient) async throws {
  let codes = (0..<20).map { Code(code: "bench-\($0)", name: "类\($0)", nameEn: "kind \($0)") }
  _ = try await client.putCodeTable(CodeTable(table: "kind", version: "bench", validFromUs: 0, codes: codes))
  let standards = codes.map { FilingStandard(id: "\($0.code)-standard", version: "bench", kind: $0.code, limit: 1, unit: .workingDay) }
  _ = try await client.putFilingStandards(PutFilingStandardsRequest(standards: standards))
}

/// Submits every `clients`-th report, one after the other, and returns how long each took in microseconds.
func submitOneByOne(_ client: IntakeClient, _ plan: Plan, from first: Int) async throws -> [UInt32] {
  var latencies: [UInt32] = []
  for number in stride(from: first, to: plan.reports, by: plan.clients) {
    let began = MonotonicTime.now()
    _ = try await client.submitReport(plan.request(number))
    latencies.append(UInt32(clamping: (MonotonicTime.now().nanoseconds - began.nanoseconds) / 1_000))
  }
  return latencies
}

func submitStream(_ client: IntakeClient, _ plan: Plan, from first: Int) async throws -> [UInt32] {
  let numbers = Array(stride(from: first, to: plan.reports, by: plan.clients))
  for start in stride(from: 0, to: numbers.count, by: 10_000) {
    let answer = try await client.submitReports(CallOptions(timeout: .seconds(120))) { outbound in
      for number in numbers[start...].prefix(10_000) { try await outbound.send(plan.request(number)) }
    }
    precondition(answer.failed.isEmpty, answer.failed[0].message)
  }
  return []
}

func run(_ reactors: ReactorGroup, _ plan: Plan) async throws {
  let (authority, certificate, key) = (argument(2, "-"), argument(3, "-"), argument(4, "-"))
  let tls: TLSContext? =
    certificate == "-"
    ? nil
    : try TLSContext.client(
      .init(certificateChain: .file(certificate), privateKey: .file(key), trustedAuthorities: .file(authority)))
  let channel = Channel(target: argument(1, "127.0.0.1:7001"), tls: tls, expectedService: tls == nil ? nil : "intake", reactors: reactors)
  let client = IntakeClient(channel)
  try await setUp(client)
  let began = MonotonicTime.now()
  var latencies = try await withThrowingTaskGroup(of: [UInt32].self) { group in
    for number in 0..<plan.clients {
      group.addTask {
        try await plan.streaming ? submitStream(client, plan, from: number) : submitOneByOne(client, plan, from: number)
      }
    }
    return try await group.reduce(into: []) { $0 += $1 }
  }
  let seconds = Double(MonotonicTime.now().nanoseconds - began.nanoseconds) / 1e9
  latencies.sort()
  print("reports_per_s \(Int(Double(plan.reports) / seconds))")
  if !latencies.isEmpty { print("p99_ms \(Double(latencies[latencies.count * 99 / 100]) / 1_000)") }
  await channel.close()
}

let plan = Plan(
  reports: Int(argument(5, "100000")) ?? 100_000, clients: Int(argument(6, "64")) ?? 64, streaming: argument(7, "unary") == "stream",
  prefix: argument(8, "bench"))
let reactors = try ReactorGroup(count: 1, name: "bench")
do {
  try await reactors.reactors[0].spawn { try await run(reactors, plan) }.value
} catch {
  print("failed: \(error)")
  exit(1)
}
exit(0)
