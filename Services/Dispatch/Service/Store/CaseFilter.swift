internal import CityModel
internal import DispatchDomain
internal import Postgres

/// What a listing of cases asks for; all conditions given must hold.
struct CaseFilter: Sendable, Hashable {
  enum Sort: Int32, Sendable, Hashable, CaseIterable {
    case newest = 1
    case oldest = 2
    /// Open cases only: the nearest deadline first.
    case due = 3
    /// Ended cases only: what ended last first.
    case ended = 4
  }

  /// In one listing: 100 kinds, 100 departments.
  static let listLimit = 100

  var sort = Sort.newest
  var states: [CaseState] = []
  /// One of these.
  var departments: [String] = []
  var crew = ""
  var district = ""
  var street = ""
  /// One of these.
  var kinds: [String] = []
  var channel: Int32 = 0
  var onlyOverdue = false
  var onlyUnplaced = false
  var onlyUrgent = false
  var onlySupervised = false
  var filedFrom: Instant?
  var filedBefore: Instant?
  var dueBefore: Instant?
  /// 结案时间: when it ended, whether closed, cancelled or referred.
  var closedFrom: Instant?
  var closedBefore: Instant?
  /// All of these words.
  var terms: [SearchWords.Term] = []

  var onlyOpen: Bool { !states.isEmpty && states.allSatisfy(\.isOpen) }
  var onlyEnded: Bool { closedFrom != nil || closedBefore != nil }

  /// The same for cases in memory; nil when these do not know all that is asked for.
  var ofOpenCases: OpenCaseFilter? {
    guard onlyOpen || (sort == .due && states.isEmpty), channel == 0, terms.isEmpty else { return nil }
    guard filedFrom == nil, filedBefore == nil, dueBefore == nil, !onlyEnded else { return nil }
    var flags: OpenCase.Flags = []
    for (isAsked, flag) in [
      (onlyOverdue, OpenCase.Flags.overdue), (onlyUrgent, .urgent), (onlySupervised, .supervised), (onlyUnplaced, .unplaced),
    ] where isAsked { flags.insert(flag) }
    return OpenCaseFilter(
      states: states, kinds: kinds, departments: departments, crew: crew, district: district, street: street, flags: flags)
  }

  /// One thing that is asked for.
  enum Field: Hashable, CaseIterable {
    case states, departments, crew, district, street, kinds, channel, overdue, unplaced, urgent, supervised, filed, due, closed
  }

  /// Nil when it isn't asked for.
  func condition(_ field: Field) -> SQL? {
    switch field {
    case .states: states.isEmpty ? nil : states.count == 1 ? "state = \(states[0])" : "state = ANY(\(states))"
    case .departments: Self.one(of: departments, "department")
    case .crew: crew.isEmpty ? nil : "crew = \(crew)"
    case .district: district.isEmpty ? nil : "district_code = \(district)"
    case .street: street.isEmpty ? nil : "street_code = \(street)"
    case .kinds: Self.one(of: kinds, "kind")
    case .channel: channel == 0 ? nil : "channel = \(channel)"
    case .overdue: onlyOverdue ? "overdue" : nil
    case .unplaced: onlyUnplaced ? "unplaced" : nil
    case .urgent: onlyUrgent ? "urgent" : nil
    case .supervised: onlySupervised ? "supervised" : nil
    case .filed: Self.range("filed_at", filedFrom, filedBefore)
    case .closed: Self.range("ended_at", closedFrom, closedBefore)
    case .due: dueBefore.map { "due_order < \($0.microseconds)" }
    }
  }

  private static func range(_ column: StaticString, _ from: Instant?, _ before: Instant?) -> SQL? {
    switch (from, before) {
    case (nil, nil): nil
    case (let from?, nil): "\(unsafeLiteral: "\(column)") >= \(from)"
    case (nil, let before?): "\(unsafeLiteral: "\(column)") < \(before)"
    case (let from?, let before?): "\(unsafeLiteral: "\(column)") >= \(from) AND \(unsafeLiteral: "\(column)") < \(before)"
    }
  }

  private static func one(of values: [String], _ column: StaticString) -> SQL? {
    switch values.count {
    case 0: nil
    case 1: "\(unsafeLiteral: "\(column)") = \(values[0])"
    default: "\(unsafeLiteral: "\(column)") = ANY(\(values))"
    }
  }
}

extension [SQL] {
  /// All of them; true when there is none.
  var conjunction: SQL {
    guard let first else { return "true" }
    return dropFirst().reduce(first) { "\(fragment: $0) AND \(fragment: $1)" }
  }
}
