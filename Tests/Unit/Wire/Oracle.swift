import AccountsAPI
import CommonAPI
import DispatchAPI
import EvaluationAPI
import EventsAPI
import FeedbackAPI
import Foundation
import HealthAPI
import IntakeAPI
import LifelineAPI
import NodeAPI
import Testing
import Wire

/// Python's protobuf, which judges Wire. One process a question.
enum Oracle {
  /// One message that Python made, or one that Wire took and made again.
  struct Record {
    let type: String
    let bytes: [UInt8]
    /// The fields as JSON, or the bytes that Wire made.
    let other: [UInt8]
  }

  static let root: URL = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../..").standardizedFileURL

  static let types: [String: any WireMessage.Type] = Dictionary(
    uniqueKeysWithValues: (CommonContract.messages + EventsContract.messages + NodeContract.messages + HealthContract.messages
      + IntakeContract.messages + DispatchContract.messages + LifelineContract.messages + EvaluationContract.messages
      + FeedbackContract.messages + AccountsContract.messages).map { ($0.fullName, $0) })

  /// `count` random messages of every type of the contract.
  static func messages(seed: UInt64, count: Int) async throws -> [Record] {
    try await withTemporaryFile { file in
      let run = try await python(["generate", root.appending(path: "proto").path, "\(seed)", "\(count)", file.path])
      try #require(run.status == 0, "the oracle failed: \(run.output)")
      return decode([UInt8](try Data(contentsOf: file)))
    }
  }

  /// Complaints about records of (type, bytes taken, bytes made); empty when the judge agrees with all.
  static func complaints(about records: [Record]) async throws -> String {
    try await withTemporaryFile { file in
      try Data(encode(records)).write(to: file)
      let run = try await python(["verify", root.appending(path: "proto").path, file.path])
      return run.status == 0 ? "" : "status \(run.status): \(run.output)"
    }
  }

  private static func python(_ arguments: [String]) async throws -> (status: Int32, output: String) {
    let venv = try await run(root.appending(path: ".ci/venv").path, [])
    try #require(venv.status == 0, "no Python environment: \(venv.output)")
    let interpreter = venv.output.trimmingCharacters(in: .whitespacesAndNewlines) + "/bin/python"
    return try await run(interpreter, [root.appending(path: "Tests/Interop/python/wire_oracle.py").path] + arguments)
  }

  /// Runs a program to its end; what it printed on both of its outputs, at most what a temporary file holds.
  static func run(_ program: String, _ arguments: [String]) async throws -> (status: Int32, output: String) {
    try await withTemporaryFile { file in
      try Data().write(to: file)
      let output = try FileHandle(forWritingTo: file)
      let process = Process()
      process.executableURL = URL(filePath: program)
      process.arguments = arguments
      process.standardOutput = output
      process.standardError = output
      try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
        process.terminationHandler = { _ in continuation.resume() }
        do { try process.run() } catch { continuation.resume(throwing: error) }
      }
      return (process.terminationStatus, String(decoding: try Data(contentsOf: file), as: UTF8.self))
    }
  }

  private static func withTemporaryFile<Result>(_ body: (URL) async throws -> Result) async throws -> Result {
    let file = FileManager.default.temporaryDirectory.appending(path: "wire-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: file) }
    return try await body(file)
  }

  private static func decode(_ bytes: [UInt8]) -> [Record] {
    var position = 0
    func part() -> [UInt8] {
      let length = (0..<4).reduce(0) { $0 | Int(bytes[position + $1]) << (8 * $1) }
      defer { position += 4 + length }
      return [UInt8](bytes[position + 4..<position + 4 + length])
    }
    var records: [Record] = []
    while position < bytes.count {
      records.append(Record(type: String(decoding: part(), as: UTF8.self), bytes: part(), other: part()))
    }
    return records
  }

  private static func encode(_ records: [Record]) -> [UInt8] {
    var bytes: [UInt8] = []
    for record in records {
      for part in [[UInt8](record.type.utf8), record.bytes, record.other] {
        bytes += (0..<4).map { UInt8(truncatingIfNeeded: part.count >> (8 * $0)) }
        bytes += part
      }
    }
    return bytes
  }
}

/// Any JSON value, numbers exactly: whole ones as integers, however they are written.
enum JSON: Decodable, Equatable {
  case null, bool(Bool), integer(Int64), unsigned(UInt64), double(Double), string(String), list([JSON]), object([String: JSON])

  init(from decoder: any Decoder) throws {
    let value = try decoder.singleValueContainer()
    if value.decodeNil() {
      self = .null
    } else if let bool = try? value.decode(Bool.self) {
      self = .bool(bool)
    } else if let number = try? value.decode(Int64.self) {
      self = .integer(number)
    } else if let number = try? value.decode(UInt64.self) {
      self = .unsigned(number)
    } else if let number = try? value.decode(Double.self) {
      self = JSON(number)
    } else if let text = try? value.decode(String.self) {
      self = .string(text)
    } else if let list = try? value.decode([JSON].self) {
      self = .list(list)
    } else {
      self = .object(try value.decode([String: JSON].self))
    }
  }
}

extension JSON {
  private init(_ number: Double) {
    if let whole = Int64(exactly: number) {
      self = .integer(whole)
    } else if let whole = UInt64(exactly: number) {
      self = .unsigned(whole)
    } else {
      self = .double(number)
    }
  }

  /// A message as its fields by their names in Swift. What is not there is left out; a oneof is an object of its member, whose value stands
  /// under `_0`.
  init(reflecting value: Any) {
    switch value {
    case let value as Bool: self = .bool(value)
    case let value as String: self = .string(value)
    case let value as Double: self = JSON(value)
    case let value as Float: self = JSON(Double(value))
    case let value as UInt64: self = Int64(exactly: value).map { .integer($0) } ?? .unsigned(value)
    case let value as any BinaryInteger: self = .integer(Int64(value))
    case let value as any WireEnum: self = .integer(Int64(value.rawValue))
    default: self = JSON(parts: Mirror(reflecting: value))
    }
  }

  private init(parts: Mirror) {
    switch parts.displayStyle {
    case .collection: self = .list(parts.children.map { JSON(reflecting: $0.value) })
    case .optional: self = parts.children.first.map { JSON(reflecting: $0.value) } ?? .null
    case .enum: self = .object(Dictionary(parts.children.map { ($0.label ?? "", .object(["_0": JSON(reflecting: $0.value)])) }) { $1 })
    default:
      let fields = parts.children.map { ($0.label ?? "", JSON(reflecting: $0.value)) }
      self = .object(Dictionary(fields.filter { $0.1 != .null }) { $1 })
    }
  }
}
