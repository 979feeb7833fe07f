package import ConsoleDomain
internal import Cryptography
internal import Glibc

/// Pages, scripts and styles, read at the start and kept in memory, also compressed: `/assets/…` from the web folder, `/vendor/…` from the
/// folder of third-party assets, where `foo.gz` beside `foo` saves compressing it.
package struct WebFiles: Sendable {
  /// Largest file, and most of them: what stands there is ours, so more is a mistake.
  static let byteLimit = 16 << 20
  static let countLimit = 2_000

  private struct File: Sendable {
    let bytes: [UInt8]
    let compressed: [UInt8]?
    let type: String
    let etag: String
    /// Another representation has another tag (RFC 9110, section 8.8.3.3).
    var compressedETag: String { "\(etag.dropLast())-gz\"" }
  }

  private let files: [String: File]
  /// Of everything below the folders: part of the assets' address, so that they may be kept for ever.
  package let version: String
  /// Of the third-party files alone, which stay the same through most updates.
  package let vendorVersion: String

  /// Blocking: for start-up.
  package init(web: String, assets: String) throws {
    var found: [String: [UInt8]] = [:]
    try Self.read(web, under: "", into: &found)
    if !assets.isEmpty { try Self.read(assets, under: "/vendor", into: &found) }
    let versions = (own: Self.version(of: found), vendor: Self.version(of: found.filter { $0.key.hasPrefix("/vendor/") }))
    (version, vendorVersion) = (versions.own, versions.vendor)
    files = found.filter { !$0.key.hasSuffix(".gz") }.reduce(into: [:]) { files, entry in
      let bytes =
        entry.key.hasSuffix(".html") ? Pages.versioned(entry.value, ["assets": versions.own, "vendor": versions.vendor]) : entry.value
      let type = Self.type(of: entry.key)
      let smaller = found[entry.key + ".gz"] ?? (Self.isText(type) ? Gzip.compress(bytes, .thorough) : nil)
      files[entry.key] = File(
        bytes: bytes, compressed: smaller, type: type, etag: "\"\(Base64URL.encode(Array(Hash.sha256(bytes).prefix(12))))\"")
    }
  }

  /// `/assets/<version>/x` is `/x`, and `/vendor/<version>/x` is `/vendor/x`, for ever; without the version they are asked for again each
  /// time, and answered with 304. Everything else is a page.
  package func answer(_ request: IncomingRequest) throws(Problem) -> Answer {
    guard let path = PercentText.decode(request.path.utf8) else { throw .notFound }
    if path.hasPrefix("/assets/") { return try asset(path.dropFirst("/assets/".count), of: version, in: "/", request) }
    if path.hasPrefix("/vendor/") { return try asset(path.dropFirst("/vendor/".count), of: vendorVersion, in: "/vendor/", request) }
    return try page(path, request)
  }

  private func asset(_ path: Substring, of version: String, in folder: String, _ request: IncomingRequest) throws(Problem) -> Answer {
    let parts = path.split(separator: "/", maxSplits: 1)
    // A page that was loaded before an update asks for files of the old version: it gets the new ones, not for ever.
    let isCurrent = parts.count == 2 && parts[0] == version
    let unversioned = parts.count == 2 ? files["\(folder)\(parts[1])"] : nil
    guard let file = isCurrent ? unversioned : files["\(folder)\(path)"] ?? unversioned else { throw .notFound }
    return answer(file, request, caching: isCurrent ? "public, max-age=31536000, immutable" : "no-cache")
  }

  private func page(_ path: String, _ request: IncomingRequest) throws(Problem) -> Answer {
    let (name, status) = Pages.shell(for: path)
    guard let name, let file = files[name] else { throw .notFound }
    var answer = answer(file, request, caching: "no-cache")
    if answer.status == 200 { answer.status = status }
    return answer
  }

  private func answer(_ file: File, _ request: IncomingRequest, caching: String) -> Answer {
    let smaller = ContentCoding.acceptsGzip(request.headers["accept-encoding"]) ? file.compressed : nil
    let tag = smaller == nil ? file.etag : file.compressedETag
    var headers: [(name: String, value: String)] = [("ETag", tag), ("Cache-Control", caching), ("Vary", "Accept-Encoding")]
    if EntityTags.holds(request.headers["if-none-match"], anyOf: [file.etag, file.compressedETag]) {
      return Answer(status: 304, headers: headers)
    }
    guard let smaller else { return Answer(headers: headers, .bytes(file.bytes, type: file.type)) }
    headers.append(("Content-Encoding", "gzip"))
    return Answer(headers: headers, .bytes(smaller, type: file.type))
  }

  private static func version(of files: [String: [UInt8]]) -> String {
    var digest: [UInt8] = []
    for (path, bytes) in files.sorted(by: { $0.key < $1.key }) { digest += Array(path.utf8) + Hash.sha256(bytes) }
    return String(Base64URL.encode(Hash.sha256(digest)).prefix(12))
  }

  private static func read(_ folder: String, under prefix: String, into found: inout [String: [UInt8]]) throws {
    guard let directory = opendir(folder) else { throw HTTPServerError("\(folder) cannot be read") }
    defer { closedir(directory) }
    while let entry = readdir(directory) {
      let name = withUnsafeBytes(of: entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
      guard !name.hasPrefix(".") else { continue }
      let path = "\(folder)/\(name)"
      var state = stat()
      guard stat(path, &state) == 0 else { continue }
      if state.st_mode & S_IFMT == S_IFDIR {
        try read(path, under: "\(prefix)/\(name)", into: &found)
      } else {
        found["\(prefix)/\(name)"] = try contents(of: path, Int(state.st_size))
        guard found.count <= countLimit else { throw HTTPServerError("\(folder) holds more than \(countLimit) files") }
      }
    }
  }

  private static func contents(of path: String, _ size: Int) throws -> [UInt8] {
    guard size <= byteLimit, let file = fopen(path, "rbe") else { throw HTTPServerError("\(path) is too large or cannot be read") }
    defer { fclose(file) }
    return [UInt8](unsafeUninitializedCapacity: max(size, 1)) { buffer, count in count = fread(buffer.baseAddress, 1, size, file) }
  }

  /// Pictures and fonts are compressed as they are.
  private static func isText(_ type: String) -> Bool { type.contains("charset=utf-8") }

  private static func type(of path: String) -> String {
    switch path.split(separator: ".").last {
    case "html": "text/html; charset=utf-8"
    case "js", "mjs": "text/javascript; charset=utf-8"
    case "css": "text/css; charset=utf-8"
    case "json", "map": "application/json; charset=utf-8"
    case "webmanifest": "application/manifest+json; charset=utf-8"
    case "svg": "image/svg+xml; charset=utf-8"
    case "png": "image/png"
    case "ico": "image/x-icon"
    case "woff2": "font/woff2"
    case "pbf": "application/x-protobuf"
    case "txt", "md": "text/plain; charset=utf-8"
    default: "application/octet-stream"
    }
  }
}

/// Cannot be started or read.
package struct HTTPServerError: Error, Sendable, CustomStringConvertible {
  package let description: String
  init(_ description: String) { self.description = description }
}
