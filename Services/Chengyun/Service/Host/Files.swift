internal import Glibc

/// Small files and folders. Everything blocks: for the operator's command, not for services.
enum Files {
  /// Largest file that is read whole.
  static let sizeLimit = 1 << 30

  /// - Parameter last: only so many bytes at its end; nil: all of it.
  static func read(_ path: String, last: Int? = nil) throws(HostError) -> [UInt8] {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw HostError("read", path) }
    defer { close(descriptor) }
    // A file that is shorter is read from its beginning.
    if let last { lseek(descriptor, -off_t(last), SEEK_END) }
    var bytes: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = Glibc.read(descriptor, &piece, piece.count)
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw HostError("read", path) }
      guard count > 0 else { return bytes }
      bytes.append(contentsOf: piece[..<count])
      guard bytes.count <= sizeLimit else { throw HostError("cannot read \(path): larger than \(sizeLimit) bytes") }
    }
  }

  static func readText(_ path: String) -> String? {
    (try? read(path)).map { String(decoding: $0, as: UTF8.self) }
  }

  /// All or nothing: readers see the old file or the new one, also after a power cut.
  static func write(_ bytes: [UInt8], to path: String, mode: mode_t) throws(HostError) {
    let temporary = "\(path).\(getpid()).new"
    unlink(temporary)
    let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode)
    guard descriptor >= 0 else { throw HostError("write", temporary) }
    defer { close(descriptor) }
    do throws(HostError) {
      try write(bytes, to: descriptor, temporary)
      guard fsync(descriptor) == 0, rename(temporary, path) == 0 else { throw HostError("write", path) }
    } catch {
      unlink(temporary)  // on a full disk half a file would only take more room
      throw error
    }
  }

  private static func write(_ bytes: [UInt8], to descriptor: Int32, _ path: String) throws(HostError) {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { throw HostError("write", path) }
      rest = rest.dropFirst(count)
    }
  }

  static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

  static func isExecutable(_ path: String) -> Bool { access(path, X_OK) == 0 }

  /// Makes the folder and those above it. An existing one keeps its mode.
  static func makeFolder(_ path: String, mode: mode_t = 0o755) throws(HostError) {
    guard !exists(path) else { return }
    let parent = folder(of: path)
    if parent != path { try makeFolder(parent) }
    guard mkdir(path, mode) == 0 || errno == EEXIST else { throw HostError("make the folder", path) }
    // mkdir obeys the umask; a folder that another user must enter must not.
    guard chmod(path, mode) == 0 else { throw HostError("set the mode of", path) }
  }

  static func folder(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }

  static func name(of path: String) -> String { path.split(separator: "/").last.map(String.init) ?? path }

  /// From the root, without symbolic links where the path exists.
  static func absolute(_ path: String) -> String {
    if let resolved = realpath(path, nil) {
      defer { free(resolved) }
      return String(cString: resolved)
    }
    if path.hasPrefix("/"), path.count > 1 { return joined(absolute(folder(of: path)), name(of: path)) }
    let relative = path.hasPrefix("./") ? String(path.dropFirst(2)) : path
    return joined(absolute("."), relative)
  }

  static func joined(_ folder: String, _ name: String) -> String {
    name.hasPrefix("/") ? name : folder.hasSuffix("/") ? folder + name : folder + "/" + name
  }

  static func size(_ path: String) -> Int64? {
    var information = stat()
    return stat(path, &information) == 0 ? Int64(information.st_size) : nil
  }

  /// The user and group that own the file.
  static func owner(_ path: String) -> uid_t? {
    var information = stat()
    return lstat(path, &information) == 0 ? information.st_uid : nil
  }

  /// The file system on which it is.
  static func device(_ path: String) -> UInt64? {
    var information = stat()
    return stat(path, &information) == 0 ? UInt64(information.st_dev) : nil
  }

  /// The path itself, or the nearest folder above it that is there.
  static func nearestExisting(_ path: String) -> String {
    var path = path
    while !exists(path), path != folder(of: path) { path = folder(of: path) }
    return path
  }

  /// What a folder holds; nothing when it cannot be read.
  static func names(in folder: String) -> [String] {
    guard let directory = opendir(folder) else { return [] }
    defer { closedir(directory) }
    var names: [String] = []
    while let entry = readdir(directory) {
      let name = withUnsafeBytes(of: entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
      if name != ".", name != ".." { names.append(name) }
    }
    return names
  }

  /// With everything in it. Symbolic links are removed, not followed.
  static func removeTree(_ path: String) throws(HostError) {
    let end = try Launch(executable: "/bin/rm", arguments: ["-rf", "--", path], environment: [:]).runToEnd()
    guard end == .exited(0), !exists(path) else { throw HostError("cannot remove \(path)") }
  }

  /// The program that runs now.
  /// This machine's name as it knows it.
  static func hostName() -> String {
    var name = [CChar](repeating: 0, count: 256)
    guard gethostname(&name, name.count - 1) == 0 else { return "localhost" }
    return String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  static func ownExecutable() -> String { absolute("/proc/self/exe") }
}
