import DispatchService
import NodeKit

runService(name: "dispatch", migrations: DispatchService.migrations, build: DispatchService.build)
