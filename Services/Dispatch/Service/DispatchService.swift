internal import AccountsAPI
internal import CityModel
internal import DispatchAPI
internal import DispatchDomain
internal import Events
internal import EventsAPI
internal import Logging
public import NodeKit
public import Postgres
internal import RPC
internal import Reactor

/// The dispatch service: what it is made of, for the executable and for tests.
public enum DispatchService {
  public static let migrations = [
    Migration(name: "dispatch/0001_dispatch", PackageResources._001_dispatch_sql),
    Migration(name: "dispatch/0002_accounts", PackageResources._002_accounts_sql),
  ]

  public static func build(_ runtime: ServiceRuntime) async throws -> ServiceParts {
    let intake = EventsClient(try runtime.channel(to: ServiceName.intake))
    let feedback = EventsClient(try runtime.channel(to: ServiceName.feedback))
    let core = Core(
      database: runtime.database, reactors: runtime.reactors, clock: runtime.clock, timeZone: runtime.timeZone, logger: runtime.logger)
    let apply = ApplyIntake(settings: core.settings, policy: core.policy, clock: runtime.clock, logger: runtime.logger)
    let reopen = ApplyFeedback(settings: core.settings, policy: core.policy, clock: runtime.clock, logger: runtime.logger)
    let consumers = [
      EventConsumer(
        source: ServiceName.intake, client: intake, types: IntakeNews.types, database: runtime.database, logger: runtime.logger,
        apply: apply.apply),
      EventConsumer(
        source: ServiceName.feedback, client: feedback, types: Dissatisfaction.types, database: runtime.database, logger: runtime.logger,
        apply: reopen.apply),
    ]
    let handler = core.handler
    let jobs: [any Job] = [
      OverdueSweep(sweep: core.sweep, clock: runtime.clock),
      DeadlineRecount(sweep: core.sweep, database: runtime.database, clock: runtime.clock),
      SearchUpkeep(database: runtime.database),
    ]
    let office = AccountsOffice(database: runtime.database, cipher: runtime.fieldCipher, now: systemNow)
    let accounts = AccountsRPC(office: office, issuer: runtime.identityIssuer)
    return ServiceParts(access: access.merging(AccountsRPC.access) { $1 }, consumers: consumers, jobs: jobs) {
      handler.register(in: &$0)
      accounts.register(in: &$0)
    }
  }

  /// People act through the console, scripts as the operator; the other services look. What a role may do to a case is `TransitionTable`'s,
  /// to which cases `Rights`' and `CaseScope`'s.
  private static let access: [RPC.Method: AccessRule] = {
    var rules: [RPC.Method: AccessRule] = [:]
    for method in DispatchMethods.all { rules[method] = .person(.ofCases) }
    for method in [DispatchMethods.getCase, DispatchMethods.listCases, DispatchMethods.listTasks] {
      rules[method] = .person(.ofCases, and: ServiceName.all)
    }
    // Counts and the map know departments, not crews: a crew has its tasks.
    for method in [DispatchMethods.getOverview, DispatchMethods.getCaseTile] { rules[method] = .person(.ofCases.subtracting([.crew])) }
    // Names of departments stand beside published results.
    rules[DispatchMethods.listDepartments] = .node
    for method in [DispatchMethods.putDepartments, DispatchMethods.putResponsibilities, DispatchMethods.putCalendar] {
      rules[method] = .operatorOnly
    }
    return rules
  }()
}

/// The service without its neighbours: what the RPCs and the sweep stand on.
struct Core: Sendable {
  let database: Database
  let settings: SettingsCache
  let policy = CasePolicy()
  let clock: any CityClock
  let handler: DispatchHandlerImpl
  let sweep: SweepDeadlines

  /// - Parameter viewAge: how old an overview may be, and a map tile when nothing is heard of changes. Default 1 s.
  init(
    database: Database, reactors: ReactorGroup, clock: any CityClock, timeZone: CityTimeZone, viewAge: Duration = .seconds(1),
    logger: Logger
  ) {
    self.database = database
    self.clock = clock
    let settings = SettingsCache(timeZone: timeZone)
    self.settings = settings
    let cases = OpenCaseBoard(database: database, clock: clock, maxAge: viewAge, logger: logger)
    let batch = CommandBatch(database: database, settings: settings, policy: policy, clock: clock)
    handler = DispatchHandlerImpl(
      queues: ReactorLocal { CommandQueue(reactor: $0, batch: batch) },
      reader: CaseReader(database: database, cases: cases, policy: policy),
      overview: OverviewBoard(database: database, cases: cases, clock: clock, timeZone: timeZone, maxAge: viewAge),
      tiles: MapTiles(cases: cases),
      directory: SettingsDirectory(database: database, clock: clock, timeZone: timeZone), clock: clock)
    sweep = SweepDeadlines(database: database, settings: settings, policy: policy, clock: clock)
  }
}
