internal import CityModel
internal import DispatchDomain
internal import Postgres

extension CaseStore {
  /// Many new cases in one statement.
  static func insert(_ files: [CaseFile]) -> SQL {
    """
    INSERT INTO cases (\(unsafeLiteral: columns), due_order, overdue_at)
    SELECT id, number, channel, kind, kind_name, kind_name_en, body, longitude, latitude, address, district_code, street_code,
      community_code, unplaced, urgent, filed_at, standard_id, standard_version, limit_amount, limit_unit, check_required, external_ref,
      duplicate_of, version, state, state_since, department, crew, authority, due_origin, due_at, due_zh, due_en, clock_start,
      string_to_array(clock_pauses, ',')::bigint[], calendar_version, clock_stopped_at, clock_resumed_at, overdue, supervised,
      supervised_by_rule, dispatched_at, handled_at, ended_at, report_count, reopen_count, rework_count, return_count,
      dispatch_due_at, due_order, overdue_at
    FROM unnest(\(fragment: filed(files)), \(fragment: changed(files)))
      AS new (id, number, channel, kind, kind_name, kind_name_en, body, urgent, filed_at, standard_id, standard_version, limit_amount,
        limit_unit, check_required, external_ref, duplicate_of, dispatch_due_at, \(unsafeLiteral: changedColumns))
    """
  }

  /// Many cases as their facts left them, in one statement. What was filed never changes.
  static func update(_ files: [CaseFile]) -> SQL {
    """
    UPDATE cases SET longitude = new.longitude, latitude = new.latitude, address = new.address, district_code = new.district_code,
      street_code = new.street_code, community_code = new.community_code, unplaced = new.unplaced, version = new.version,
      state = new.state, state_since = new.state_since, department = new.department, crew = new.crew, authority = new.authority,
      due_origin = new.due_origin, due_at = new.due_at, due_zh = new.due_zh, due_en = new.due_en, clock_start = new.clock_start,
      clock_pauses = string_to_array(new.clock_pauses, ',')::bigint[], calendar_version = new.calendar_version,
      clock_stopped_at = new.clock_stopped_at, clock_resumed_at = new.clock_resumed_at, overdue = new.overdue,
      supervised = new.supervised, supervised_by_rule = new.supervised_by_rule,
      dispatched_at = new.dispatched_at, handled_at = new.handled_at, ended_at = new.ended_at,
      report_count = new.report_count, reopen_count = new.reopen_count, rework_count = new.rework_count,
      return_count = new.return_count, due_order = new.due_order, overdue_at = new.overdue_at
    FROM unnest(\(files.map(\.id)), \(fragment: changed(files))) AS new (id, \(unsafeLiteral: changedColumns))
    WHERE cases.id = new.id
    """
  }

  private static func filed(_ files: [CaseFile]) -> SQL {
    """
    \(files.map(\.id)), \(files.map(\.number)), \(files.map(\.channel)), \(files.map(\.kind)), \(files.map(\.kindName)),
    \(files.map(\.kindNameEnglish)), \(files.map(\.text)), \(files.map(\.urgent)), \(files.map(\.filedAt)), \(files.map(\.standard.id)),
    \(files.map(\.standard.version)), \(files.map { $0.standard.limit?.amount }), \(files.map { $0.standard.limit?.unit.rawValue }),
    \(files.map(\.standard.checkRequired)), \(files.map(\.externalRef)), \(files.map(\.duplicateOf)), \(files.map(\.dispatchDueAt))
    """
  }

  private static let changedColumns = """
    longitude, latitude, address, district_code, street_code, community_code, unplaced, version, state, state_since, department, crew, \
    authority, due_origin, due_at, due_zh, due_en, clock_start, clock_pauses, calendar_version, clock_stopped_at, clock_resumed_at, \
    overdue, supervised, supervised_by_rule, dispatched_at, handled_at, ended_at, report_count, reopen_count, rework_count, \
    return_count, due_order, overdue_at
    """

  /// In the order of `changedColumns`.
  private static func changed(_ files: [CaseFile]) -> SQL {
    """
    \(files.map { $0.place.point?.longitude }), \(files.map { $0.place.point?.latitude }), \(files.map(\.place.address)),
    \(files.map(\.place.districtCode)), \(files.map(\.place.streetCode)), \(files.map(\.place.communityCode)), \(files.map(\.unplaced)),
    \(files.map(\.version)), \(files.map(\.state)), \(files.map(\.stateSince)), \(files.map(\.department)), \(files.map(\.crew)),
    \(files.map(\.authority)), \(fragment: deadlines(files.map(\.deadline))), \(files.map(\.clockStoppedAt)),
    \(files.map(\.clockResumedAt)), \(files.map(\.overdue)), \(files.map(\.supervised)), \(files.map(\.supervisedByRule)),
    \(files.map(\.dispatchedAt)), \(files.map(\.handledAt)), \(files.map(\.endedAt)), \(files.map(\.reportCount)),
    \(files.map(\.reopenCount)), \(files.map(\.reworkCount)), \(files.map(\.returnCount)),
    \(files.map(\.deadline.storedOrder)), \(files.map(\.overdueMoment))
    """
  }

  private static func deadlines(_ deadlines: [CaseDeadline]) -> SQL {
    """
    \(deadlines.map(\.origin)), \(deadlines.map(\.due)), \(deadlines.map(\.words.chinese)), \(deadlines.map(\.words.english)),
    \(deadlines.map(\.start)), \(deadlines.map(\.storedPauses)), \(deadlines.map(\.calendarVersion))
    """
  }
}
