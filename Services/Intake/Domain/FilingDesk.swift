public import CityModel

/// A report that was checked and placed, as the desk files it.
public struct FilingRequest: Sendable {
  public let kind: CodeTable.Code
  public let point: GeoPoint?
  public let occurredAt: Instant
  public let keepSeparate: Bool
  public let standard: FilingStandard?
  /// The id of the case, should the report open one.
  public let caseID: Identifier

  public init(
    kind: CodeTable.Code, point: GeoPoint?, occurredAt: Instant, keepSeparate: Bool, standard: FilingStandard?, caseID: Identifier
  ) {
    self.kind = kind
    self.point = point
    self.occurredAt = occurredAt
    self.keepSeparate = keepSeparate
    self.standard = standard
    self.caseID = caseID
  }

  /// Cells in which an open case could be repeated by this report; none when it cannot repeat anything.
  public var candidateCells: [Int64] {
    guard let point, !kind.duplicateRule.disabled else { return [] }
    return GeoGrid.cells(around: point, halfSideM: kind.duplicateRule.radiusM)
  }

  /// Cells that must be held while this report is filed. Two reports within the radius of each other share the cell of the point half-way
  /// between them, so half the radius is enough.
  public var lockCells: [Int64] {
    guard let point, !kind.duplicateRule.disabled else { return [] }
    return GeoGrid.cells(around: point, halfSideM: kind.duplicateRule.radiusM / 2)
  }
}

/// What the desk decided.
public enum FilingOutcome: Sendable, Hashable {
  /// It opens a case, though it may repeat another one.
  case filed(CaseNumber, repeats: DuplicateMatch?)
  /// It joins an open case.
  case linked(DuplicateMatch)
  /// No filing standard covers its kind.
  case notFiled(repeats: DuplicateMatch?)
}

/// Decides a batch of reports one after the other, so that a report can join a case that one before it has just opened.
public struct FilingDesk {
  private let timeZone: CityTimeZone
  private var opened: [Square: [OpenCase]] = [:]

  private struct Square: Hashable {
    let kind: String
    let cell: Int64
  }

  public init(timeZone: CityTimeZone) {
    self.timeZone = timeZone
  }

  /// - Parameters:
  ///   - candidates: The stored cases near the report that are open when it is made.
  ///   - nextNumber: A running number that no other case has; asked for only when a case is opened.
  public mutating func decide(_ request: FilingRequest, candidates: [OpenCase], nextNumber: () -> Int64) -> FilingOutcome {
    let match = match(request, candidates)
    if let match, !request.keepSeparate { return .linked(match) }
    guard request.standard != nil else { return .notFiled(repeats: match) }
    let number = CaseNumber(day: timeZone.date(request.occurredAt), sequence: nextNumber())
    if let point = request.point {
      let square = Square(kind: request.kind.code, cell: GeoGrid.cell(of: point))
      opened[square, default: []].append(
        OpenCase(
          id: request.caseID, number: number.description, kind: request.kind.code, point: point, openedAt: request.occurredAt))
    }
    return .filed(number, repeats: match)
  }

  private func match(_ request: FilingRequest, _ candidates: [OpenCase]) -> DuplicateMatch? {
    guard let point = request.point else { return nil }
    var all = candidates
    if !opened.isEmpty {
      for cell in request.candidateCells { all += opened[Square(kind: request.kind.code, cell: cell)] ?? [] }
    }
    return request.kind.duplicateRule.match(request.kind.code, point, at: request.occurredAt, among: all)
  }
}
