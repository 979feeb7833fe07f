import LifelineService
import NodeKit

runService(name: ServiceName.lifeline, migrations: LifelineService.migrations, build: LifelineService.build)
