import Foundation
import Testing

/// The rules of the house (ARCHITECTURE.md), read off the source tree.
@Suite struct TidyTests {
  static let code = SourceTree.swift(below: "Shared", "Services")
  static let services = ["Intake", "Dispatch", "Lifeline", "Evaluation", "Feedback"]

  @Test func theTreeIsThere() {
    #expect(Self.code.count > 100)
    for service in Self.services + ["Console", "Chengyun"] {
      #expect(Self.code.contains { $0.path.hasPrefix("Services/\(service)/Domain/") }, "\(service) has no Domain")
      #expect(FileManager.default.fileExists(atPath: SourceTree.root.appending(path: "Services/\(service)/README.md").path))
    }
  }

  @Test func aDomainIsPure() {
    for file in Self.code where file.parts.contains("Domain") {
      let allowed: Set<String> = file.parts[1] == "Chengyun" ? ["CityModel", "FoundationEssentials"] : ["CityModel"]
      #expect(file.imports.isSubset(of: allowed), "\(file) imports \(file.imports.subtracting(allowed))")
    }
  }

  @Test func theCityModelImportsNothingButTheSystem() {
    for file in Self.code where file.path.hasPrefix("Shared/CityModel/") {
      #expect(file.imports.isSubset(of: ["Glibc", "Synchronization"]), "\(file) imports \(file.imports)")
    }
  }

  @Test func aServiceSeesOthersThroughTheirAPIOnly() {
    for file in Self.code where file.parts[0] == "Services" {
      let own = file.parts[1]
      for other in Self.services + ["Console", "Chengyun"] where other != own {
        #expect(file.imports.isDisjoint(with: ["\(other)Domain", "\(other)Service"]), "\(file) reaches into \(other)")
      }
    }
  }

  @Test func sharedNeverImportsServices() {
    let forbidden = Set((Self.services + ["Console", "Chengyun"]).flatMap { ["\($0)Domain", "\($0)Service"] })
    for file in Self.code where file.parts[0] == "Shared" {
      #expect(file.imports.isDisjoint(with: forbidden), "\(file) imports a service")
    }
  }

  @Test(arguments: [
    ("CNghttp2", "Shared/RPC/"), ("COpenSSL", "Shared/Cryptography/"), ("CProtobufC", "Shared/Wire/"), ("CLibpq", "Shared/Postgres/"),
    ("CZlib", "Services/Console/Service/HTTP/"),
  ])
  func eachLibraryHasOneDoor(library: String, module: String) {
    for file in Self.code where !file.path.hasPrefix(module) {
      #expect(!file.imports.contains(library), "\(file) imports \(library)")
    }
  }

  @Test func nobodyImportsFoundation() {
    for file in Self.code {
      #expect(!file.imports.contains("Foundation"), "\(file) imports Foundation")
      if file.imports.contains("FoundationEssentials") {
        #expect(file.path.hasPrefix("Services/Chengyun/"), "\(file) imports FoundationEssentials")
      }
    }
  }

  @Test func storesAndRPCDoNotMix() {
    for file in Self.code where file.parts[0] == "Services" {
      if file.parts.contains("RPC") { #expect(!file.imports.contains("Postgres"), "\(file) touches the database") }
      if file.parts.contains("Store") { #expect(!file.imports.contains("RPC"), "\(file) touches RPC") }
    }
  }

  @Test func sqlLivesInStoresOnly() throws {
    let statement = try Regex(#"(SELECT .* FROM|INSERT INTO|UPDATE \w+ SET|DELETE FROM|CREATE (TABLE|INDEX|SCHEMA|ROLE)) "#)
    let rooms = ["/Store/", "Shared/Postgres/"]
    for file in Self.code where !rooms.contains(where: { file.path.contains($0) }) {
      for (index, line) in file.lines.enumerated() where !line.trimmingCharacters(in: .whitespaces).hasPrefix("//") {
        #expect(line.firstMatch(of: statement) == nil, "\(file):\(index + 1) holds SQL")
      }
    }
  }

  /// Hummingbird is most of a first build, and its threads are not ours.
  @Test func onlyTheConsolesEdgeKnowsHummingbird() {
    let modules: Set<String> = ["Hummingbird", "HummingbirdCore", "NIOCore", "NIOPosix", "NIOHTTPTypes", "HTTPTypes"]
    for file in Self.code where !file.imports.isDisjoint(with: modules) {
      #expect(file.path.hasPrefix("Services/Console/Service/HTTP/Server/"), "\(file) imports Hummingbird")
    }
  }

  /// Limits of STYLE.md: one concept a file, a function fits a screen.
  @Test func filesAndLinesAreShort() {
    for file in SourceTree.swift(below: "Shared", "Services", "Tests") {
      #expect(file.lines.count <= 401, "\(file) has \(file.lines.count) lines")
      for (index, line) in file.lines.enumerated() where line.count > 140 {
        Issue.record("\(file):\(index + 1) has \(line.count) characters")
      }
    }
  }

  @Test func functionsFitAScreen() {
    for file in Self.code {
      for function in Functions.inFile(file) {
        #expect(function.lineCount <= 70, "\(file):\(function.line) \(function.name) has \(function.lineCount) lines")
      }
    }
  }

  @Test func uncheckedConfinementIsExplained() {
    for file in Self.code {
      for (index, line) in file.lines.enumerated() where line.contains("@unchecked Sendable") || line.contains("nonisolated(unsafe)") {
        guard !line.trimmingCharacters(in: .whitespaces).hasPrefix("//") else { continue }
        let around = file.lines[max(0, index - 12)...index]
        #expect(around.contains { $0.contains("//") }, "\(file):\(index + 1) does not say what confines it")
      }
      #expect(!file.lines.contains { $0.contains("Task.detached") }, "\(file) detaches a task")
    }
  }

  @Test func nothingIsLeftForLater() throws {
    let mark = try Regex(#"\b(TODO|FIXME|XXX|HACK)\b"#)
    for file in SourceTree.swift(below: "Shared", "Services", "Tests") where !file.path.hasPrefix("Tests/Tidy/") {
      for (index, line) in file.lines.enumerated() where line.firstMatch(of: mark) != nil {
        Issue.record("\(file):\(index + 1) is left for later")
      }
    }
  }
}
