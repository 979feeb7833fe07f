import Foundation
import Testing

/// The committed files are what the contract says. Needs protobuf-compiler and protobuf-c-compiler of Debian.
@Suite struct GeneratedFilesTests {
  @Test(.timeLimit(.minutes(3)))
  func committedFilesAreFresh() async throws {
    let run = try await Oracle.run(Oracle.root.appending(path: "proto/generate").path, ["--check"])
    #expect(run.status == 0, "run proto/generate; the first lines of the difference: \(run.output.prefix(2_000))")
  }
}
