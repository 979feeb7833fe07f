internal import Synchronization

/// A task that is cancelled when something else ends, which may happen before the task is there.
final class TaskBox: Sendable {
  private let held = Mutex<(task: Task<Void, any Error>?, isOver: Bool)>((nil, false))

  func hold(_ task: Task<Void, any Error>) {
    let isOver = held.withLock { held in
      held.task = task
      return held.isOver
    }
    if isOver { task.cancel() }
  }

  func cancel() {
    let task = held.withLock { held in
      held.isOver = true
      return held.task
    }
    task?.cancel()
  }
}
