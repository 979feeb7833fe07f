internal import CLinux
internal import Glibc
internal import Synchronization

/// The reactors of a process, normally one a core.
public final class ReactorGroup: Sendable {
  public let reactors: [Reactor]
  private let threads: [pthread_t]
  private let turn = Atomic<Int>(0)

  /// Starts the threads. `count` 0 means one a core.
  public init(count: Int = 0, name: String = "reactor") throws(SystemError) {
    signal(SIGPIPE, SIG_IGN)  // OpenSSL and libpq write to sockets that the peer may have closed
    let cores = max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))))
    var reactors: [Reactor] = []
    var threads: [pthread_t] = []
    for index in 0..<(count > 0 ? count : cores) {
      let reactor = try Reactor(index: index)
      reactors.append(reactor)
      threads.append(try startThread(named: "\(name)-\(index)") { reactor.run() })
    }
    self.reactors = reactors
    self.threads = threads
  }

  /// The reactors in turn.
  public func next() -> Reactor {
    reactors[Int(UInt(bitPattern: turn.add(1, ordering: .relaxed).oldValue) % UInt(reactors.count))]
  }

  /// Ends the loops and joins the threads. Jobs that are still queued are dropped: drain first. Not from a reactor of this group.
  public func shutdown() async {
    for reactor in reactors { reactor.stop() }
    let threads = self.threads
    try? await OffloadPool.run { for thread in threads { pthread_join(thread, nil) } }
  }
}

/// A thread that runs `body` once. Its name is cut to the 15 bytes that Linux keeps.
func startThread(named name: String, _ body: @escaping @Sendable () -> Void) throws(SystemError) -> pthread_t {
  final class Start: Sendable {
    let name: String
    let body: @Sendable () -> Void
    init(_ name: String, _ body: @escaping @Sendable () -> Void) {
      self.name = name
      self.body = body
    }
  }
  var thread = pthread_t()
  let start = Unmanaged.passRetained(Start(name, body))
  let result = pthread_create(
    &thread, nil,
    { argument in
      let start = Unmanaged<Start>.fromOpaque(argument!).takeRetainedValue()
      chengyun_name_thread(start.name)
      start.body()
      return nil
    }, start.toOpaque())
  guard result == 0 else {
    start.release()
    throw SystemError("pthread_create", errno: result)
  }
  return thread
}
