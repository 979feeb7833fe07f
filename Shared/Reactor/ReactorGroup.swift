internal import CLinux
internal import Glibc
internal import Synchronization

/// The reactors of a process, normally one a core.
public final class ReactorGroup: Sendable {
  public let reactors: [Reactor]
  private let turn = Atomic<Int>(0)

  /// Starts the threads. `count` 0 means one a core.
  public init(count: Int = 0, name: String = "reactor") throws(SystemError) {
    signal(SIGPIPE, SIG_IGN)  // OpenSSL and libpq write to sockets that the peer may have closed
    let cores = max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))))
    var reactors: [Reactor] = []
    for index in 0..<(count > 0 ? count : cores) {
      let reactor = try Reactor(index: index)
      reactors.append(reactor)
      try startThread(named: "\(name)-\(index)") { reactor.run() }
    }
    self.reactors = reactors
  }

  /// The reactors in turn.
  public func next() -> Reactor {
    reactors[Int(UInt(bitPattern: turn.add(1, ordering: .relaxed).oldValue) % UInt(reactors.count))]
  }

  /// Ends the loops. Jobs that are still queued are dropped: drain first. Once only, and not from a reactor of this group.
  public func shutdown() async {
    for reactor in reactors {
      await withCheckedContinuation { continuation in
        reactor.stop { continuation.resume() }
      }
    }
  }
}

/// Starts a detached thread that runs `body` once. Its name is cut to the 15 bytes that Linux keeps.
func startThread(named name: String, _ body: @escaping @Sendable () -> Void) throws(SystemError) {
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
  pthread_detach(thread)
}
