internal import EvaluationAPI
internal import Events
internal import EventsAPI
public import NodeKit
public import Postgres
internal import RPC

/// Evaluation 综合评价: figures from the facts of intake, dispatch and feedback.
public enum EvaluationService {
  public static let migrations = [Migration(name: "evaluation/0001_evaluation", PackageResources._001_evaluation_sql)]

  public static func build(_ runtime: ServiceRuntime) async throws -> ServiceParts {
    let sources = try FactSource.all(runtime)
    let formulas = FormulaStore(database: runtime.database)
    // Every stored formula is readable, or the service does not start.
    _ = try await formulas.all()
    let figures = FigureStore(database: runtime.database, timeZone: runtime.configuration.timeZone)
    let handler = EvaluationRPC(
      indicators: GetIndicators(formulas: formulas, figures: figures), drillDown: DrillDown(formulas: formulas, figures: figures),
      formulas: formulas, rebuild: RebuildProjections(database: runtime.database, sources: sources), clock: runtime.clock)
    return ServiceParts(access: EvaluationRPC.access, consumers: sources.map { $0.consumer() }) { handler.register(in: &$0) }
  }
}
