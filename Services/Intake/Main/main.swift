import IntakeService
import NodeKit

runService(name: ServiceName.intake, migrations: IntakeService.migrations, build: IntakeService.build)
