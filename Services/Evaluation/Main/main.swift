import EvaluationService
import NodeKit

runService(name: "evaluation", migrations: EvaluationService.migrations, build: EvaluationService.build)
