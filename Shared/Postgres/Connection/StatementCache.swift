/// Which statements a connection has prepared, the least used one forgotten first. A value that decides; the connection does.
struct StatementCache {
  struct Key: Hashable {
    let text: String
    let types: [UInt32]
  }

  enum Plan: Equatable {
    /// Execute the prepared statement with this number.
    case execute(Int)
    /// Its preparation is under way and may yet fail with the batch that asked for it: send the text along.
    case sendText
    /// Prepare it under this number, after forgetting another one.
    case prepare(Int, forgetting: Int?)
  }

  private struct Entry {
    let number: Int
    var confirmed: Bool
    var lastUse: UInt64
  }

  private let limit: Int
  private var entries: [Key: Entry] = [:]
  private var keys: [Int: Key] = [:]
  private var lastNumber = 0
  private var uses: UInt64 = 0

  init(limit: Int) { self.limit = limit }

  var count: Int { entries.count }

  mutating func plan(for key: Key) -> Plan {
    uses += 1
    if let index = entries.index(forKey: key) {
      entries.values[index].lastUse = uses
      let entry = entries.values[index]
      return entry.confirmed ? .execute(entry.number) : .sendText
    }
    let forgotten = entries.count >= limit ? forgetLeastUsed() : nil
    lastNumber += 1
    entries[key] = Entry(number: lastNumber, confirmed: false, lastUse: uses)
    keys[lastNumber] = key
    return .prepare(lastNumber, forgetting: forgotten)
  }

  /// The server has prepared it.
  mutating func confirm(_ number: Int) {
    guard let key = keys[number] else { return }
    entries[key]?.confirmed = true
  }

  /// It was not prepared, or is of no use any more. Numbers are never used twice.
  mutating func drop(_ number: Int) {
    guard let key = keys.removeValue(forKey: number) else { return }
    entries[key] = nil
  }

  private mutating func forgetLeastUsed() -> Int? {
    guard let least = entries.values.min(by: { $0.lastUse < $1.lastUse }) else { return nil }
    drop(least.number)
    return least.confirmed ? least.number : nil
  }
}
