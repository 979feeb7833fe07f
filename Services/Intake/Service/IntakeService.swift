internal import CityModel
internal import Cryptography
internal import DispatchAPI
internal import Events
internal import EventsAPI
internal import IntakeAPI
internal import IntakeDomain
internal import Logging
public import NodeKit
public import Postgres
public import RPC
internal import Reactor

/// The use cases of intake, one value each.
struct IntakeCommands: Sendable {
  let submit: SubmitReport
  let place: PlaceReport
  let unlink: UnlinkReport
  let reject: RejectReport
  let putDivisions: PutDivisions
  let putCodeTable: PutCodeTable
  let putStandards: PutFilingStandards
  let reports: Reports
  let reference: Reference

  init(
    database: Database, clock: any CityClock, timeZone: CityTimeZone, cipher: FieldCipher, book: ReferenceBook, logger: Logger
  ) {
    let filer = ReportFiler(database: database, clock: clock, timeZone: timeZone)
    let queue = ReactorLocal { FilingQueue(reactor: $0, filer: filer, logger: logger) }
    let onReport = ReportCommand(database: database, clock: clock)
    submit = SubmitReport(book: book, clock: clock, cipher: cipher, queue: queue)
    place = PlaceReport(command: onReport, book: book)
    unlink = UnlinkReport(command: onReport, book: book, timeZone: timeZone)
    reject = RejectReport(command: onReport)
    putDivisions = PutDivisions(database: database, clock: clock, book: book)
    putCodeTable = PutCodeTable(database: database, clock: clock, book: book)
    putStandards = PutFilingStandards(database: database, clock: clock, book: book)
    reports = Reports(database: database, cipher: cipher)
    reference = Reference(store: ReferenceStore(database: database), book: book, clock: clock)
  }
}

/// 信息收集与案卷建立: the composition, used by main and by the tests.
public enum IntakeService {
  public static var migrations: [Migration] { [Migration(name: "intake/0001_intake", PackageResources._001_intake_sql)] }

  public static func build(_ runtime: ServiceRuntime) async throws -> ServiceParts {
    let book = ReferenceBook(store: ReferenceStore(database: runtime.database))
    try await book.refresh()
    let commands = IntakeCommands(
      database: runtime.database, clock: runtime.clock, timeZone: runtime.timeZone, cipher: runtime.fieldCipher, book: book,
      logger: runtime.logger)
    let handler = IntakeRPC(commands: commands, trackingTokens: runtime.trackingTokens, logger: runtime.logger)
    let dispatch = EventConsumer(
      source: ServiceName.dispatch, client: EventsClient(try runtime.channel(to: ServiceName.dispatch)), types: [IntakeKeys.caseChanged],
      database: runtime.database, logger: runtime.logger
    ) { events, transaction in
      try await DispatchFollower.apply(events, transaction)
    }
    return ServiceParts(
      access: access, consumers: [dispatch], jobs: ReferenceWatch.jobs(book, runtime.database)
    ) { router in
      handler.register(in: &router)
    }
  }

  /// Who may call what. Citizens report and look at the map without being signed in; reports are for those who answer for them.
  public static let access: [RPC.Method: AccessRule] = {
    let submit = AccessRule.visitor(and: ServiceName.lifeline)
    let services = [ServiceName.dispatch, ServiceName.evaluation, ServiceName.feedback]
    let read = AccessRule.person(.ofDesks, and: services)
    let list = AccessRule.person(ReportRights.readers, and: services)
    let publicly = AccessRule.visitor(and: ServiceName.dispatch, ServiceName.evaluation, ServiceName.feedback)
    let byHand = AccessRule.person(ReportRights.roles)
    return [
      IntakeMethods.submitReport: submit, IntakeMethods.submitReports: .person(ReportRights.roles, and: [ServiceName.lifeline]),
      IntakeMethods.getReport: read, IntakeMethods.listReports: list,
      IntakeMethods.listDivisions: publicly, IntakeMethods.getCodeTable: publicly, IntakeMethods.listFilingStandards: publicly,
      IntakeMethods.locatePoint: .visitor,
      IntakeMethods.placeReport: byHand, IntakeMethods.unlinkReport: byHand, IntakeMethods.rejectReport: byHand,
      IntakeMethods.putDivisions: .operatorOnly, IntakeMethods.putCodeTable: .operatorOnly,
      IntakeMethods.putFilingStandards: .operatorOnly,
    ]
  }()
}
