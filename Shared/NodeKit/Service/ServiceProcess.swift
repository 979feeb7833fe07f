// The whole main program of a service.
internal import Cryptography
internal import Glibc
internal import Logging
public import Postgres
internal import RPC
internal import Reactor

/// Runs a service until SIGTERM or SIGINT and ends the process. Called by `main.swift`, from its main thread:
/// `runService(name: "intake", migrations: IntakeService.migrations, build: IntakeService.build)`.
///
/// A second signal during the drain ends it at once. Exit codes: `--help`.
public func runService(
  name: String, migrations: [Migration], build: @escaping @Sendable (ServiceRuntime) async throws -> ServiceParts
) -> Never {
  let stopSignals = [SIGTERM, SIGINT]
  Signals.block(stopSignals)
  let configuration = readConfiguration(name)
  var logger = Logger(label: name) { LineLogHandler(label: $0, level: configuration.logLevel) }
  logger.logLevel = configuration.logLevel
  do {
    let reactors = try ReactorGroup(count: configuration.reactors, name: name)
    let operation = Operation(
      configuration: configuration, reactors: reactors, logger: logger, stopSignals: stopSignals, migrations: migrations, build: build)
    // `_exit`, because reactors are still running: what libraries do at exit must not meet them.
    reactors.reactors[0].spawn { _exit(await operation.run().rawValue) }
  } catch {
    logger.critical("cannot start threads", metadata: ["error": "\(error)"])
    exit(ExitCode.system.rawValue)
  }
  while true { pause() }
}

/// Answers what the arguments ask, or says what is wrong with the environment; returns only when there is a service to run.
private func readConfiguration(_ name: String) -> ServiceConfiguration {
  guard let arguments = ServiceArguments(Array(CommandLine.arguments.dropFirst())) else {
    writeToStandardError(Array("\(name): unknown arguments; see \(name) --help\n".utf8))
    exit(ExitCode.usage.rawValue)
  }
  switch arguments {
  case .help:
    say(ServiceArguments.helpText(name))
    exit(ExitCode.clean.rawValue)
  case .version:
    say("\(name) \(Product.version)\n")
    exit(ExitCode.clean.rawValue)
  case .run, .check: break
  }
  do throws(ConfigurationError) {
    let configuration = try ServiceConfiguration(service: name, environment: ServiceConfiguration.processEnvironment())
    guard arguments == .check else { return configuration }
    _ = try StartMaterial(configuration)
    say("\(name): the configuration is complete\n")
    exit(ExitCode.clean.rawValue)
  } catch {
    for fault in error.faults { writeToStandardError(Array("\(name): \(fault.name) \(fault.complaint)\n".utf8)) }
    exit(ExitCode.configuration.rawValue)
  }
}

private func say(_ text: String) {
  let bytes = Array(text.utf8)
  _ = write(STDOUT_FILENO, bytes, bytes.count)
}

/// From start to drained.
private struct Operation: Sendable {
  let configuration: ServiceConfiguration
  let reactors: ReactorGroup
  let logger: Logger
  let stopSignals: [Int32]
  let migrations: [Migration]
  let build: @Sendable (ServiceRuntime) async throws -> ServiceParts

  func run() async -> ExitCode {
    let starting = reactors.reactors[0].spawn {
      try await startService(configuration, reactors: reactors, logger: logger, migrations: migrations, build: build)
    }
    let stopping = reactors.reactors[0].spawn {
      let signal = try await Signals.next(of: stopSignals)
      starting.cancel()
      return signal
    }
    do {
      let service = try await starting.value
      let signal = try await stopping.value
      logger.notice("stopping", metadata: ["signal": "\(signal)"])
      leaveAtNextSignal()
      await service.stop()
      logger.notice("stopped")
      return .clean
    } catch is CancellationError {
      return .clean
    } catch {
      logger.critical("cannot start", metadata: ["error": "\(error)"])
      return exitCode(for: error)
    }
  }

  private func leaveAtNextSignal() {
    reactors.reactors[0].spawn {
      let signal = try await Signals.next(of: stopSignals)
      logger.warning("stopped without grace", metadata: ["signal": "\(signal)"])
      _exit(128 + signal)
    }
  }

  private func exitCode(for error: any Error) -> ExitCode {
    switch error {
    case is ConfigurationError, is CryptographyError: .configuration
    case let error as PostgresError where error.isTransient: .unavailable
    case is SystemError: .system
    default: .internal
    }
  }
}
