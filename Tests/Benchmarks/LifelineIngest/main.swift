// The sender of the benchmark `lifeline.readings_per_s`: registers sensors with rules, streams readings to a running lifeline, and prints
// how many a second were durable, from the first message to the answer.
//
//   lifeline-ingest-bench ADDRESS CA CERT KEY [SENSORS 200] [READINGS 2000000] [STREAMS 2] [PREFIX bench]
//
// CA, CERT and KEY are PEM files of somebody who may register sensors and bring readings (operator, console); "-" three times means plain
// text.
import CommonAPI
import Cryptography
import Glibc
import LifelineAPI
import RPC
import Reactor

/// Readings of one message.
let readingsPerMessage = 2_000

struct Plan: Sendable {
  var codes: [String]
  var readingsPerSensor: Int
  var streams: Int

  /// A minute apart, a slow wave that passes the limits now and then.
  func batch(_ code: Int, from first: Int) -> ReadingBatch {
    let count = min(readingsPerMessage, readingsPerSensor - first)
    return ReadingBatch(
      sensorCode: codes[code], timesUs: (first..<first + count).map { 1_600_000_000_000_000 + Int64($0) * 60_000_000 },
      values: (first..<first + count).map { Double(($0 + 37 * code) % 20_011) })
  }
}

func argument(_ index: Int, _ standard: String) -> String {
  CommandLine.arguments.count > index ? CommandLine.arguments[index] : standard
}

func run(_ reactors: ReactorGroup, _ plan: Plan) async throws {
  let (authority, certificate, key) = (argument(2, "-"), argument(3, "-"), argument(4, "-"))
  let tls: TLSContext? =
    certificate == "-"
    ? nil
    : try TLSContext.client(
      .init(certificateChain: .file(certificate), privateKey: .file(key), trustedAuthorities: .file(authority)))
  let channel = Channel(target: argument(1, "127.0.0.1:7003"), tls: tls, expectedService: tls == nil ? nil : "lifeline", reactors: reactors)
  let client = LifelineClient(channel)
  _ = try await client.putAssets(PutAssetsRequest(assets: [Asset(code: "bench", name: "bench", kind: "bench")]))
  let rule = Rule(above: true, thresholds: [Threshold(severity: .red, limit: 1e9)], silenceAfterS: 86_400)
  for first in stride(from: 0, to: plan.codes.count, by: 1_000) {
    let codes = plan.codes[first..<min(first + 1_000, plan.codes.count)]
    let sensors = codes.map { Sensor(code: $0, name: $0, assetCode: "bench", quantity: "flow", unit: "l/s", rule: rule) }
    _ = try await client.putSensors(PutSensorsRequest(sensors: sensors))
  }
  let began = MonotonicTime.now()
  let stored = try await withThrowingTaskGroup(of: Int64.self) { group in
    for stream in 0..<plan.streams {
      group.addTask {
        try await client.ingestReadings(CallOptions(timeout: nil)) { outbound in
          for first in stride(from: 0, to: plan.readingsPerSensor, by: readingsPerMessage) {
            for code in stride(from: stream, to: plan.codes.count, by: plan.streams) {
              try await outbound.send(plan.batch(code, from: first))
            }
          }
        }.stored
      }
    }
    return try await group.reduce(0, +)
  }
  let seconds = Double(began.duration(to: .now()).wholeNanoseconds) / 1e9
  print("BENCH lifeline.readings_per_s \(Int64(Double(stored) / seconds)) readings/s")
  await channel.close()
}

let sensors = Int(argument(5, "200")) ?? 200
let readings = Int(argument(6, "2000000")) ?? 2_000_000
let plan = Plan(
  codes: (0..<sensors).map { argument(8, "bench") + "-\($0)" }, readingsPerSensor: max(1, readings / sensors),
  streams: Int(argument(7, "2")) ?? 2)
let reactors = try ReactorGroup(count: 1, name: "bench")
do {
  try await reactors.reactors[0].spawn { try await run(reactors, plan) }.value
  exit(0)
} catch {
  print("failed: \(error)")
  exit(1)
}
