// swift-tools-version: 6.2
// The house: Package.swift is the call graph. A service sees another one only through its API module (ARCHITECTURE.md).
import PackageDescription

let settings: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
]

let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let heap = Target.Dependency.product(name: "HeapModule", package: "swift-collections")
let deque = Target.Dependency.product(name: "DequeModule", package: "swift-collections")
let hummingbird = ["Hummingbird", "HummingbirdCore"].map { Target.Dependency.product(name: $0, package: "hummingbird") }
/// Connections of HTTP in memory, with a clock of their own: for tests.
let embeddedChannels = Target.Dependency.product(name: "NIOEmbedded", package: "swift-nio")
let arguments = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")

/// A module of `Shared/`.
func shared(_ name: String, at path: String? = nil, _ dependencies: [Target.Dependency], resources: [Resource]? = nil) -> Target {
  .target(name: name, dependencies: dependencies, path: "Shared/" + (path ?? name), resources: resources, swiftSettings: settings)
}

/// A door to a C library: module map and shims, nothing else.
func door(_ name: String, pkgConfig: String, debian package: String) -> Target {
  .systemLibrary(name: name, path: "Shared/System/\(name)", pkgConfig: pkgConfig, providers: [.apt([package])])
}

/// Generated messages and stubs of one service's contract.
func api(_ name: String, common: Bool = true) -> Target {
  shared(name, at: "API/\(name)", ["Wire", "RPC", "CMessages", "CProtobufC"] + (common ? ["CommonAPI"] : []))
}

/// The three rooms of a service: pure core, service, executable.
func service(_ name: String, folder: String? = nil, consumes apis: [String], extra: [Target.Dependency] = [], migrations: Bool = true)
  -> [Target]
{
  let root = "Services/\(folder ?? name)"
  let apis: [Target.Dependency] = apis.map { .init(stringLiteral: $0) }
  return [
    .target(name: "\(name)Domain", dependencies: ["CityModel"], path: "\(root)/Domain", swiftSettings: settings),
    .target(
      name: "\(name)Service",
      dependencies: [
        .init(stringLiteral: "\(name)Domain"), "CityModel", "NodeKit", "Events", "Postgres", "RPC", "Wire", "Reactor", "CommonAPI", logging,
      ] + apis + extra,
      path: "\(root)/Service",
      resources: migrations ? [.embedInCode("Store/Migrations")] : nil,
      swiftSettings: settings),
    .executableTarget(
      name: "\(name)Main", dependencies: [.init(stringLiteral: "\(name)Service"), "NodeKit"], path: "\(root)/Main",
      swiftSettings: settings),
  ]
}

/// The executables of the services. Their targets have other names, because a target's entry point is called `<target>_main`, and
/// `dispatch_main` is a function of libdispatch, with which a static release links.
func executables(of targets: [Target]) -> [Product] {
  targets.map(\.name).filter { $0.hasSuffix("Main") }.map { .executable(name: $0.dropLast(4).lowercased(), targets: [$0]) }
}

/// All tests link into one runner. `CHENGYUN_TESTS=RPCTests,WireTests swift test` builds just those.
func tests(_ name: String, at path: String, _ dependencies: [Target.Dependency], resources: [Resource]? = nil) -> Target {
  .testTarget(
    name: name, dependencies: dependencies, path: "Tests/" + path, resources: resources, swiftSettings: settings)
}

let doors: [Target] = [
  door("CNghttp2", pkgConfig: "libnghttp2", debian: "libnghttp2-dev"),
  door("COpenSSL", pkgConfig: "openssl", debian: "libssl-dev"),
  door("CProtobufC", pkgConfig: "libprotobuf-c", debian: "libprotobuf-c-dev"),
  door("CLibpq", pkgConfig: "libpq", debian: "libpq-dev"),
  door("CZlib", pkgConfig: "zlib", debian: "zlib1g-dev"),
  .target(name: "CLinux", path: "Shared/System/CLinux"),
]

let foundations: [Target] = [
  shared("Reactor", ["CLinux", heap, deque]),
  shared("Cryptography", ["COpenSSL"]),
  shared("Wire", ["CProtobufC"]),
  shared("RPC", ["Reactor", "Cryptography", "Wire", "CNghttp2", "CLinux", logging, deque]),
  shared("CityModel", []),
  shared("Postgres", ["Reactor", "CityModel", "CLibpq", logging, deque]),
  .target(name: "CMessages", dependencies: ["CProtobufC"], path: "Shared/API/CMessages"),
  api("CommonAPI", common: false),
  api("EventsAPI"),
  api("NodeAPI"),
  api("HealthAPI", common: false),
  api("AccountsAPI"),
  api("IntakeAPI"),
  api("DispatchAPI"),
  api("LifelineAPI"),
  api("EvaluationAPI"),
  api("FeedbackAPI"),
  shared(
    "Events", ["Postgres", "RPC", "Wire", "Reactor", "EventsAPI", "CommonAPI", "CityModel", logging],
    resources: [.embedInCode("Store/Migrations")]),
  shared(
    "NodeKit",
    [
      "Reactor", "Cryptography", "RPC", "Wire", "Postgres", "Events", "EventsAPI", "NodeAPI", "HealthAPI", "CommonAPI", "CityModel",
      "CLinux",
      logging,
    ]),
  shared(
    "TestKit",
    [
      "Reactor", "Cryptography", "RPC", "Wire", "Postgres", "Events", "EventsAPI", "CommonAPI", "NodeKit", "CityModel", "CLinux", logging,
    ]),
]

let services: [Target] =
  service("Intake", consumes: ["IntakeAPI", "DispatchAPI", "EventsAPI"], extra: ["Cryptography"])
  + service("Dispatch", consumes: ["DispatchAPI", "AccountsAPI", "IntakeAPI", "FeedbackAPI", "EventsAPI"], extra: ["Cryptography"])
  + service("Lifeline", consumes: ["LifelineAPI", "IntakeAPI", "EventsAPI"])
  + service("Evaluation", consumes: ["EvaluationAPI", "IntakeAPI", "DispatchAPI", "FeedbackAPI", "EventsAPI"])
  + service("Feedback", consumes: ["FeedbackAPI", "IntakeAPI", "DispatchAPI", "EventsAPI"], extra: ["Cryptography"])
  + service(
    "Chengyun",
    consumes: [
      "IntakeAPI", "DispatchAPI", "LifelineAPI", "EvaluationAPI", "FeedbackAPI", "AccountsAPI", "EventsAPI", "NodeAPI", "HealthAPI",
    ],
    extra: ["Cryptography", "CLinux", arguments], migrations: false)

/// The HTTP edge for people. Nobody else compiles Hummingbird: it is most of a first build.
let console: [Target] = [
  .target(name: "ConsoleDomain", dependencies: ["CityModel"], path: "Services/Console/Domain", swiftSettings: settings),
  .target(
    name: "ConsoleService",
    dependencies: [
      "ConsoleDomain", "CityModel", "Cryptography", "NodeKit", "RPC", "Wire", "Reactor", "CommonAPI", "EventsAPI", "NodeAPI", "HealthAPI",
      "AccountsAPI", "IntakeAPI", "DispatchAPI", "LifelineAPI", "EvaluationAPI", "FeedbackAPI", "CZlib", logging,
    ] + hummingbird,
    path: "Services/Console/Service", swiftSettings: settings),
  .executableTarget(name: "ConsoleMain", dependencies: ["ConsoleService"], path: "Services/Console/Main", swiftSettings: settings),
]

/// Peers of `make bench`.
let benchmarks: [Target] = [
  .executableTarget(
    name: "rpc-echo-bench", dependencies: ["RPC", "Reactor", "Cryptography", "Wire", "HealthAPI", logging],
    path: "Tests/Benchmarks/RPCEcho", swiftSettings: settings),
  .executableTarget(
    name: "lifeline-ingest-bench", dependencies: ["LifelineAPI", "CommonAPI", "RPC", "Reactor", "Cryptography"],
    path: "Tests/Benchmarks/LifelineIngest", swiftSettings: settings),
  .executableTarget(
    name: "load-bench",
    dependencies: ["IntakeAPI", "DispatchAPI", "EventsAPI", "CommonAPI", "RPC", "Reactor", "Cryptography", "Wire", arguments],
    path: "Tests/Benchmarks/Load", swiftSettings: settings),
]

let testTargets: [Target] = [
  tests("ReactorTests", at: "Unit/Reactor", ["Reactor"]),
  tests("CryptographyTests", at: "Unit/Cryptography", ["Cryptography"]),
  tests(
    "WireTests", at: "Unit/Wire",
    [
      "Wire", "CommonAPI", "EventsAPI", "NodeAPI", "HealthAPI", "AccountsAPI", "IntakeAPI", "DispatchAPI", "LifelineAPI", "EvaluationAPI",
      "FeedbackAPI",
    ]),
  tests("CityModelTests", at: "Unit/CityModel", ["CityModel"]),
  tests("IntakeDomainTests", at: "Unit/Intake", ["IntakeDomain", "CityModel"]),
  tests("DispatchDomainTests", at: "Unit/Dispatch", ["DispatchDomain", "CityModel"]),
  tests("LifelineDomainTests", at: "Unit/Lifeline", ["LifelineDomain", "CityModel"]),
  tests("EvaluationDomainTests", at: "Unit/Evaluation", ["EvaluationDomain", "CityModel"]),
  tests("FeedbackDomainTests", at: "Unit/Feedback", ["FeedbackDomain", "CityModel"]),
  tests("ChengyunDomainTests", at: "Unit/Chengyun", ["ChengyunDomain", "CityModel"]),
  tests("RPCTests", at: "Component/RPC", ["RPC", "Reactor", "Cryptography", "Wire", "HealthAPI", "TestKit", logging]),
  tests("PostgresTests", at: "Component/Postgres", ["Postgres", "Reactor", "CityModel", "TestKit", logging]),
  tests(
    "EventsTests", at: "Component/Events",
    ["Events", "EventsAPI", "CommonAPI", "Postgres", "RPC", "Reactor", "CityModel", "TestKit", logging]),
  tests(
    "NodeKitTests", at: "Component/NodeKit",
    [
      "NodeKit", "Events", "EventsAPI", "CommonAPI", "Cryptography", "NodeAPI", "HealthAPI", "Postgres", "RPC", "Reactor", "CityModel",
      "TestKit", logging,
    ]),
  tests(
    "IntakeTests", at: "Component/Intake",
    [
      "IntakeService", "IntakeDomain", "IntakeAPI", "DispatchAPI", "EventsAPI", "CommonAPI", "Cryptography", "NodeKit", "Postgres",
      "Events", "RPC", "Reactor", "Wire", "CityModel", "TestKit", logging,
    ]),
  tests(
    "DispatchTests", at: "Component/Dispatch",
    [
      "DispatchService", "DispatchDomain", "DispatchAPI", "AccountsAPI", "IntakeAPI", "FeedbackAPI", "CommonAPI", "EventsAPI", "Wire",
      "NodeKit", "Postgres", "Events", "RPC", "Reactor", "Cryptography", "CityModel", "TestKit", logging,
    ]),
  tests(
    "LifelineTests", at: "Component/Lifeline",
    [
      "LifelineService", "LifelineDomain", "LifelineAPI", "IntakeAPI", "CommonAPI", "NodeKit", "Postgres", "Events", "RPC", "Reactor",
      "CityModel", "TestKit", logging,
    ]),
  tests(
    "EvaluationTests", at: "Component/Evaluation",
    [
      "EvaluationService", "EvaluationDomain", "EvaluationAPI", "IntakeAPI", "DispatchAPI", "FeedbackAPI", "EventsAPI", "CommonAPI",
      "NodeKit", "Postgres", "Events", "RPC", "Reactor", "CityModel", "TestKit", logging,
    ]),
  tests(
    "FeedbackTests", at: "Component/Feedback",
    [
      "FeedbackService", "FeedbackDomain", "FeedbackAPI", "IntakeAPI", "DispatchAPI", "EventsAPI", "CommonAPI", "NodeKit", "Postgres",
      "Events", "RPC", "Reactor", "CityModel", "TestKit", "Cryptography", logging,
    ]),
  tests("ChengyunTests", at: "Component/Chengyun", ["ChengyunService", "ChengyunDomain", "Cryptography", "Reactor", "CityModel"]),
  tests(
    "ScenarioTests", at: "Scenario",
    [
      "IntakeService", "DispatchService", "EvaluationService", "FeedbackService", "IntakeAPI", "DispatchAPI", "EvaluationAPI",
      "FeedbackAPI", "EventsAPI", "NodeAPI", "CommonAPI", "Wire", "NodeKit", "Postgres", "RPC", "Reactor", "CityModel", "TestKit",
    ]),
  tests("ConsoleDomainTests", at: "Unit/Console", ["ConsoleDomain", "CityModel"]),
  tests(
    "ConsoleTests", at: "Component/Console",
    [
      "ConsoleService", "ConsoleDomain", "AccountsAPI", "CommonAPI", "DispatchAPI", "EventsAPI", "FeedbackAPI", "IntakeAPI", "LifelineAPI",
      "NodeKit", "RPC", "Reactor", "Wire", "TestKit", "CityModel", logging, embeddedChannels,
    ]),
  tests("TidyTests", at: "Tidy", []),
]

/// Everything, or with `CHENGYUN_TESTS` just the named test targets and what they need.
func selected(_ targets: [Target]) -> [Target] {
  guard let names = Context.environment["CHENGYUN_TESTS"] else { return targets }
  var wanted = names.split(separator: ",").map(String.init)
  var kept: Set<String> = []
  while let name = wanted.popLast() {
    guard kept.insert(name).inserted, let target = targets.first(where: { $0.name == name }) else { continue }
    for dependency in target.dependencies {
      switch dependency {
      case .byNameItem(let name, _), .targetItem(let name, _): wanted.append(name)
      default: break
      }
    }
  }
  return targets.filter { kept.contains($0.name) }
}

let targets = selected(doors + foundations + services + console + benchmarks + testTargets)

/// Only fetched when the console is built. Without its traits it needs neither the whole of Foundation nor swift-configuration. NIO is
/// what Hummingbird stands on: in the version that it was tried with.
let http: [Package.Dependency] = [
  .package(url: "https://github.com/hummingbird-project/hummingbird", exact: "2.28.1", traits: []),
  .package(url: "https://github.com/apple/swift-nio.git", exact: "2.101.2"),
]

let package = Package(
  name: "chengyun",
  products: executables(of: targets),
  dependencies: [
    .package(url: "https://github.com/apple/swift-log", exact: "1.16.2"),
    .package(url: "https://github.com/apple/swift-collections", exact: "1.6.0"),
    .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
  ] + (targets.contains { $0.name == "ConsoleService" } ? http : []),
  targets: targets)
