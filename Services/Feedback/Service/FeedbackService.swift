internal import Events
internal import EventsAPI
internal import FeedbackAPI
public import NodeKit
public import Postgres
internal import RPC

/// Feedback 反馈回访: every report is answered, and the citizen is asked.
public enum FeedbackService {
  public static let migrations = [Migration(name: "feedback/0001_feedback", PackageResources._001_feedback_sql)]

  public static func build(_ runtime: ServiceRuntime) async throws -> ServiceParts {
    let database = runtime.database
    let milestones = MilestoneStore(database: database)
    let followers = Followers()
    let follow = FollowCase(milestones: milestones, clock: runtime.clock, followers: followers)
    let handler = FeedbackRPC(
      followCase: follow, rateCase: RateCase(database: database, follow: follow, clock: runtime.clock),
      showReporter: ShowReporter(contacts: ReporterContactStore(database: database), cipher: runtime.fieldCipher, clock: runtime.clock),
      results: ResultStore(database: database), notifications: NotificationStore(database: database))
    return ServiceParts(
      access: FeedbackRPC.access, consumers: try consumers(runtime), jobs: [WakeFollowers(followers: followers, milestones: milestones)]
    ) { handler.register(in: &$0) }
  }

  private static func consumers(_ runtime: ServiceRuntime) throws -> [EventConsumer] {
    let intake = ApplyIntakeFacts(clock: runtime.clock, tokens: runtime.trackingTokens)
    let dispatch = ApplyDispatchFacts(clock: runtime.clock)
    return [
      EventConsumer(
        source: "intake", client: EventsClient(try runtime.channel(to: "intake")), types: ApplyIntakeFacts.types,
        database: runtime.database, logger: runtime.logger, apply: { try await intake.apply($0, in: $1) }),
      EventConsumer(
        source: "dispatch", client: EventsClient(try runtime.channel(to: "dispatch")), types: ApplyDispatchFacts.types,
        database: runtime.database, logger: runtime.logger, apply: { try await dispatch.apply($0, in: $1) }),
    ]
  }
}
