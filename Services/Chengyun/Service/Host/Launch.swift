internal import CLinux
internal import Glibc

/// A program to be started, and how it is tied to this one.
struct Launch: Sendable {
  var executable: String
  var arguments: [String] = []
  /// The whole environment; nothing is inherited.
  var environment: [String: String]
  /// Output and errors are appended here; nil means nowhere.
  var logFile: String?
  /// The signal that the kernel sends it when this process dies.
  var deathSignal = "KILL"
  /// Another system user to run as; only root may name one.
  var user: String?
  var folder = "/"

  /// From util-linux, part of every Debian: changes the user without a shell and arms the death signal just before it becomes the program.
  static let wrapper = "/usr/bin/setpriv"

  /// Starts it in a process group of its own (a Ctrl-C of the terminal reaches only this process, which then stops in order).
  /// Call it on a thread that lives as long as this process: the death signal is the thread's.
  func start() throws(HostError) -> pid_t {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_addopen(&actions, 1, logFile ?? "/dev/null", O_WRONLY | O_CREAT | O_APPEND, 0o640)
    posix_spawn_file_actions_adddup2(&actions, 1, 2)
    chengyun_spawn_in(&actions, folder)
    chengyun_spawn_closing_rest(&actions)
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var none = sigset_t()
    var all = sigset_t()
    sigemptyset(&none)
    sigfillset(&all)
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setsigdefault(&attributes, &all)
    posix_spawnattr_setpgroup(&attributes, 0)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP))
    let words = commandLine.map { strdup($0) } + [nil]
    let variables = environment.sorted { $0.key < $1.key }.map { strdup("\($0.key)=\($0.value)") } + [nil]
    defer { for pointer in words + variables { free(pointer) } }
    var pid = pid_t()
    let result = posix_spawn(&pid, Self.wrapper, &actions, &attributes, words, variables)
    guard result == 0 else { throw HostError("start", executable, errno: result) }
    return pid
  }

  private var commandLine: [String] {
    var words = ["setpriv"]
    if let user { words += ["--reuid=\(user)", "--regid=\(user)", "--init-groups"] }
    return words + ["--pdeathsig", deathSignal, "--", executable] + arguments
  }
}

/// How a process ended.
enum ProcessEnd: Sendable, Hashable, CustomStringConvertible {
  case exited(Int32)
  case killed(signal: Int32)

  /// From waitpid's status word.
  init(status: Int32) {
    let signal = status & 0x7F
    self = signal == 0 ? .exited(status >> 8 & 0xFF) : .killed(signal: signal)
  }

  var description: String {
    switch self {
    case .exited(let code): "ended with code \(code)"
    case .killed(let signal): "was killed by signal \(signal)"
    }
  }
}

extension Launch {
  /// Runs it to its end and gives the end. Blocks: only on a helper thread.
  func runToEnd() throws(HostError) -> ProcessEnd {
    let pid = try start()
    var status: Int32 = 0
    while waitpid(pid, &status, 0) < 0 {
      guard errno == EINTR else { throw HostError("wait for", executable) }
    }
    return ProcessEnd(status: status)
  }
}
