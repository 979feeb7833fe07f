// The whole main program of the console.
internal import Glibc
internal import Logging
internal import NodeKit
internal import Reactor
internal import Synchronization

/// Runs the console until SIGTERM or SIGINT and ends the process. Called by `main.swift`, from its main thread. A second signal during the
/// drain ends it at once. Exit codes: `--help`.
public func runConsole() -> Never {
  let stopSignals = [SIGTERM, SIGINT]
  Signals.block(stopSignals)
  let settings = readSettings()
  var logger = Logger(label: "console") { LineLogHandler(label: $0, level: settings.logLevel) }
  logger.logLevel = settings.logLevel
  do {
    let reactors = try ReactorGroup(count: settings.reactors, name: "console")
    let operation = Operation(settings: settings, reactors: reactors, logger: logger, stopSignals: stopSignals)
    // Not on a reactor: Hummingbird's tasks would all inherit that one thread.
    Task(executorPreference: globalConcurrentExecutor) { _exit(await operation.run().rawValue) }
  } catch {
    logger.critical("cannot start threads", metadata: ["error": "\(error)"])
    exit(ExitCode.system.rawValue)
  }
  while true { pause() }
}

/// Answers what the arguments ask, or says what is wrong with the environment; returns only when there is a console to run.
private func readSettings() -> ConsoleConfiguration {
  func end(_ code: ExitCode, _ text: String) -> Never {
    let bytes = Array(text.utf8)
    _ = write(code == .clean ? STDOUT_FILENO : STDERR_FILENO, bytes, bytes.count)
    exit(code.rawValue)
  }
  guard let arguments = ConsoleArguments(Array(CommandLine.arguments.dropFirst())) else {
    end(.usage, "console: unknown arguments; see console --help\n")
  }
  switch arguments {
  case .help: end(.clean, ConsoleArguments.helpText)
  case .version: end(.clean, "console \(Product.version)\n")
  case .run, .check: break
  }
  do throws(ConfigurationError) {
    let settings = try ConsoleConfiguration(environment: ConsoleConfiguration.processEnvironment(), program: Folders.ownProgram())
    guard arguments == .check else { return settings }
    end(.clean, "console: the configuration is complete\n")
  } catch {
    end(.configuration, error.faults.map { "console: \($0.name) \($0.complaint)\n" }.joined())
  }
}

/// From start to drained.
private struct Operation: Sendable {
  let settings: ConsoleConfiguration
  let reactors: ReactorGroup
  let logger: Logger
  let stopSignals: [Int32]

  func run() async -> ExitCode {
    do {
      let (settings, reactors, logger) = (settings, reactors, logger)
      let console = try await OffloadPool.run { try Console(settings, reactors: reactors, logger: logger) }
      let server = HTTPServer(
        Edge(console: console), host: settings.host, port: settings.port, tls: console.browserTLS, drainGrace: settings.drainGrace,
        logger: logger
      ) { port in
        logger.notice(
          "serving",
          metadata: ["port": "\(port)", "url": "\(settings.url)", "pages": "\(console.files.version)", "version": "\(Product.version)"])
      }
      console.start()
      stopAtSignal(server, console)
      try await server.run()
      await console.close()
      logger.notice("stopped")
      return .clean
    } catch {
      logger.critical("cannot go on", metadata: ["error": "\(error)"])
      return error is ConfigurationError || error is HTTPServerError ? .configuration : .system
    }
  }

  private func stopAtSignal(_ server: HTTPServer, _ console: Console) {
    reactors.reactors[0].spawn {
      let signal = try await Signals.next(of: stopSignals)
      logger.notice("stopping", metadata: ["signal": "\(signal)"])
      console.endStreams()
      Task(executorPreference: globalConcurrentExecutor) { await server.stop() }
      let second = try await Signals.next(of: stopSignals)
      logger.warning("stopped without grace", metadata: ["signal": "\(second)"])
      _exit(128 + second)
    }
  }
}
