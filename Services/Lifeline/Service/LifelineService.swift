internal import CityModel
internal import IntakeAPI
internal import LifelineAPI
package import NodeKit
package import Postgres

/// Composition of the lifeline service.
package struct LifelineService: Sendable {
  package static var migrations: [Migration] {
    [Migration(name: "lifeline/0001_lifeline", PackageResources._001_lifeline_sql)]
  }

  package let rpc: LifelineRPC
  package let sweepSilence: SweepSilence
  package let openCases: OpenCases
  private let jobs: [any Job]

  package static func build(_ runtime: ServiceRuntime) async throws -> ServiceParts {
    let settings = LifelineSettings()
    let intake = IntakeReports(client: IntakeClient(try runtime.channel(to: ServiceName.intake)), timeout: settings.caseTimeout)
    return LifelineService(runtime, reports: intake, settings: settings).parts
  }

  package init(_ runtime: ServiceRuntime, reports: any CaseReports, settings: LifelineSettings) {
    let (database, clock) = (runtime.database, runtime.clock)
    let recorder = AlarmRecorder(timeZone: runtime.timeZone) { Identifier.v7(at: clock.now()) }
    let apply = ApplyReadings(
      database: database, clock: clock, directory: SensorDirectory(database: database), recorder: recorder, settings: settings)
    let series = ReadSeries(database: database, settings: settings)
    rpc = LifelineRPC(
      putAssets: PutAssets(database: database), putSensors: PutSensors(database: database),
      ingest: IngestReadings(apply: apply, settings: settings), acknowledge: AcknowledgeAlarm(database: database, clock: clock),
      listings: Listings(database: database), series: series, chart: DrawChart(database: database, clock: clock, series: series),
      settling: AwaitSettled(database: database, clock: clock, settings: settings), settings: settings)
    sweepSilence = SweepSilence(database: database, clock: clock, recorder: recorder, settings: settings)
    openCases = OpenCases(
      database: database, clock: clock, reports: reports, recorder: recorder, settings: settings, logger: runtime.logger)
    jobs = [
      SilenceJob(sweep: sweepSilence, clock: clock, settings: settings),
      CaseJob(openCases: openCases, database: database, settings: settings),
    ]
  }

  package var parts: ServiceParts {
    ServiceParts(access: LifelineRPC.access, jobs: jobs) { [rpc] router in rpc.register(in: &router) }
  }
}
