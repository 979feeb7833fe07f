public import CityModel

/// All open cases, packed: 64 bytes and an entry in a table each. Those with a point lie in buckets, squares of the map at zoom 11, sorted
/// by `MapSquare`, so that the cases of any map tile are a few ranges, and those of a cluster neighbours.
public struct OpenCases: Sendable {
  /// Open cases at most: 1,000,000, some 120 MB.
  public static let limit = 1_000_000

  /// One of them.
  struct Mark: Sendable {
    let id: Identifier
    let number: String
    /// `MapSquare.number`, or `nowhere`.
    let square: Int64
    /// Where on the map, in 2^32nds of its sides.
    let x: UInt32
    let y: UInt32
    let kind: UInt32
    let department: UInt32
    let crew: UInt32
    let district: UInt32
    let street: UInt32
    let state: UInt8
    let flags: OpenCase.Flags
  }

  /// The square of what has no point: before all others.
  static let nowhere: Int64 = -1
  /// Squares whose numbers agree but for this many low bits are one bucket.
  private static let bucketShift: Int64 = 26

  private var buckets: [Int64: [Mark]] = [:]
  private var squares: [Identifier: Int64] = [:]
  /// Codes by the number that stands for them.
  private(set) var codes = CodeNumbers()
  private let limit: Int
  /// Some were not taken in, as there was no room: maps and counts leave them out.
  public private(set) var isIncomplete = false

  public init(limit: Int = OpenCases.limit) { self.limit = limit }

  public var count: Int { squares.count }
  /// There is room again for those that were left out: a tenth of all.
  public var hasRoomAgain: Bool { isIncomplete && count < limit - limit / 10 }

  /// What became of these cases: those in `open`, each once, stand as given; the other ones are open no more.
  public mutating func update(_ changed: Set<Identifier>, open: [OpenCase]) {
    let changed = changed.union(open.map(\.id))
    var touched: Set<Int64> = []
    for id in changed {
      if let square = squares.removeValue(forKey: id) { touched.insert(square >> Self.bucketShift) }
    }
    for bucket in touched { buckets[bucket]?.removeAll { changed.contains($0.id) } }
    for one in open {
      guard squares.count < limit else {
        isIncomplete = true
        break
      }
      let mark = mark(of: one)
      squares[mark.id] = mark.square
      buckets[mark.square >> Self.bucketShift, default: []].append(mark)
      touched.insert(mark.square >> Self.bucketShift)
    }
    for bucket in touched {
      // Nearly sorted: the rest stayed as it was.
      buckets[bucket]?.sort { $0.square < $1.square }
      if buckets[bucket]?.isEmpty == true { buckets[bucket] = nil }
    }
  }

  private mutating func mark(of one: OpenCase) -> Mark {
    let square = one.point.flatMap { MapSquare($0) }
    let (x, y) = square == nil ? (0, 0) : one.point?.mercator ?? (0, 0)
    return Mark(
      id: one.id, number: one.number, square: square?.number ?? Self.nowhere, x: Self.ordinal(x), y: Self.ordinal(y),
      kind: codes.number(of: one.kind), department: codes.number(of: one.department),
      crew: codes.number(of: one.crew), district: codes.number(of: one.district), street: codes.number(of: one.street),
      state: UInt8(one.state.rawValue), flags: one.flags)
  }

  private static func ordinal(_ position: Double) -> UInt32 { UInt32(min(max(position * 0x1p32, 0), 0x1p32 - 1)) }

  // MARK: Reading

  /// The cases on these squares, sorted by square.
  func marks(in range: ClosedRange<Int64>) -> [ArraySlice<Mark>] {
    let wanted = (range.lowerBound >> Self.bucketShift)...(range.upperBound >> Self.bucketShift)
    if wanted.count == 1 {
      guard let bucket = buckets[wanted.lowerBound] else { return [] }
      return [bucket[bucket.partition(at: range.lowerBound)..<bucket.partition(at: range.upperBound + 1)]]
    }
    return buckets.keys.filter(wanted.contains).sorted().compactMap { buckets[$0]?[...] }
  }

  /// How many cases have each combination of what the overview tells apart.
  public func overviewCells() -> [OverviewCell] {
    struct Key: Hashable {
      let district: UInt32
      let department: UInt32
      let state: UInt8
      let flags: OpenCase.Flags
    }
    var counts: [Key: Int64] = [:]
    for bucket in buckets.values {
      for mark in bucket {
        counts[Key(district: mark.district, department: mark.department, state: mark.state, flags: mark.flags), default: 0] += 1
      }
    }
    return counts.compactMap { key, count in
      guard let state = CaseState(rawValue: Int16(key.state)) else { return nil }
      return OverviewCell(
        area: OverviewArea(district: codes[key.district], department: codes[key.department]), state: state,
        overdue: key.flags.contains(.overdue), supervised: key.flags.contains(.supervised), unplaced: key.flags.contains(.unplaced),
        urgent: key.flags.contains(.urgent), count: count)
    }
  }

  /// How many cases fit.
  public func count(_ filter: OpenCaseFilter) -> Int {
    guard let test = Test(filter, codes) else { return 0 }
    return buckets.values.reduce(0) { sum, bucket in bucket.reduce(sum) { $0 + (test.passes($1) ? 1 : 0) } }
  }
}

extension OpenCases {
  /// A filter in the numbers of the marks.
  struct Test: Sendable {
    private let states: UInt16
    private let kinds: [UInt32]
    private let departments: [UInt32]
    private let crew: UInt32?
    private let district: UInt32?
    private let street: UInt32?
    private let flags: OpenCase.Flags

    /// Nil when no case can fit: it asks for a code that none has.
    init?(_ filter: OpenCaseFilter, _ codes: CodeNumbers) {
      states = filter.states.isEmpty ? .max : filter.states.reduce(0) { $0 | 1 << UInt16($1.rawValue) }
      kinds = filter.kinds.compactMap { codes.known($0) }
      departments = filter.departments.compactMap { codes.known($0) }
      crew = filter.crew.isEmpty ? nil : codes.known(filter.crew)
      district = filter.district.isEmpty ? nil : codes.known(filter.district)
      street = filter.street.isEmpty ? nil : codes.known(filter.street)
      flags = filter.flags
      let lists = [(filter.kinds, kinds), (filter.departments, departments)]
      let single = [(filter.crew, crew), (filter.district, district), (filter.street, street)]
      if lists.contains(where: { $1.isEmpty && !$0.isEmpty }) || single.contains(where: { $1 == nil && !$0.isEmpty }) { return nil }
    }

    func passes(_ mark: Mark) -> Bool {
      states & 1 << UInt16(mark.state) != 0 && mark.flags.isSuperset(of: flags) && (kinds.isEmpty || kinds.contains(mark.kind))
        && (departments.isEmpty || departments.contains(mark.department)) && (crew == nil || crew == mark.crew)
        && (district == nil || district == mark.district) && (street == nil || street == mark.street)
    }
  }
}

extension [OpenCases.Mark] {
  /// The first one whose square is not below.
  fileprivate func partition(at square: Int64) -> Int {
    var (low, high) = (0, count)
    while low < high {
      let middle = (low + high) / 2
      if self[middle].square < square { low = middle + 1 } else { high = middle }
    }
    return low
  }
}

/// Numbers for codes, as many as there are different ones.
struct CodeNumbers: Sendable {
  private var numbers: [String: UInt32] = [:]
  private var codes: [String] = []

  subscript(number: UInt32) -> String { codes[Int(number)] }

  func known(_ code: String) -> UInt32? { numbers[code] }

  mutating func number(of code: String) -> UInt32 {
    if let known = numbers[code] { return known }
    let new = UInt32(codes.count)
    numbers[code] = new
    codes.append(code)
    return new
  }
}
