import FeedbackService
import NodeKit

runService(name: "feedback", migrations: FeedbackService.migrations, build: FeedbackService.build)
