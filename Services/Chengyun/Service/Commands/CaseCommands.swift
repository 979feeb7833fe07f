internal import ArgumentParser
internal import ChengyunDomain
internal import CityModel
internal import CommonAPI
internal import DispatchAPI
internal import RPC

struct CaseCommands: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "case", abstract: "Lists cases, or tells one case's whole story.", subcommands: [List.self, Show.self])

  enum Language: String, ExpressibleByArgument, CaseIterable {
    case zh, en, both

    var languages: [StoryLanguage] {
      switch self {
      case .zh: [.zh]
      case .en: [.en]
      case .both: [.zh, .en]
      }
    }
  }

  struct Show: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "show", abstract: "Who, when, why, the deadline and how it was computed, and what the reporter was told.")

    @OptionGroup var node: NodeFolderOption

    @Argument(help: "The case's number, or the number that the source gave it.")
    var number: String

    @Option(help: "zh, en or both.")
    var lang = Language.both

    func run() throws {
      let status = try runningNode(node)
      let (number, lang) = (number, lang)
      let zone = try CityTimeZone(name: status.settings.timeZone)
      try onReactors { reactors in
        let clients = try NodeClients(NodeAddress(status), reactors: reactors)
        let story = try await StoryQuery(clients: clients).story(of: number)
        Terminal.say(lang.languages.map { story.told(in: $0, zone: zone) }.joined(separator: "\n"))
        await clients.close()
      }
    }
  }

  struct List: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "Cases, a line each. All conditions given must hold.")

    @OptionGroup var node: NodeFolderOption

    @Option(help: ArgumentHelp("Code of a department.", valueName: "code")) var department = ""
    @Option(help: ArgumentHelp("Code of a crew.", valueName: "code")) var crew = ""
    @Option(help: ArgumentHelp("Code of a district.", valueName: "code")) var district = ""
    @Option(help: ArgumentHelp("Code of a street.", valueName: "code")) var street = ""
    @Option(help: ArgumentHelp("Code of a kind.", valueName: "code")) var kind = ""
    @Flag(help: "Only those past their deadline.") var overdue = false
    @Flag(help: "Only those that nobody could place: a work list.") var unplaced = false
    @Flag(help: "Only those that have not ended.") var open = false
    @Option(help: ArgumentHelp("Most lines.", valueName: "count")) var limit = 50

    func validate() throws {
      guard limit > 0 else { throw ValidationError("--limit must be at least 1.") }
    }

    func run() throws {
      let status = try runningNode(node)
      let command = self
      let zone = try CityTimeZone(name: status.settings.timeZone)
      try onReactors { reactors in
        let clients = try NodeClients(NodeAddress(status), reactors: reactors)
        let cases = try await command.fetch(clients.dispatch)
        var lines = [["number", "state", "kind", "department", "filed", "due", "source"]]
        for item in cases {
          func time(_ microseconds: Int64?) -> String {
            microseconds.map { "\(zone.local(Instant(seconds: $0 / 1_000_000)))" } ?? "–"
          }
          lines.append([
            item.number, item.state.word, item.kind, item.department, time(item.filedAtUs), time(item.dueAtUs), item.externalRef,
          ])
        }
        Terminal.say(alignedColumns(lines, textColumns: 7))
        await clients.close()
      }
    }

    private func fetch(_ dispatch: DispatchClient) async throws -> [Case] {
      var request = ListCasesRequest()
      request.department = department
      request.crew = crew
      request.districtCode = district
      request.streetCode = street
      request.kind = kind
      request.onlyOverdue = overdue
      request.onlyUnplaced = unplaced
      if open { request.states = [.pendingDispatch, .dispatched, .handling, .returned, .handled, .pendingClose] }
      var cases: [Case] = []
      repeat {
        request.page = Page(size: Int32(min(200, limit - cases.count)), token: request.page?.token ?? "")
        let page = try await dispatch.listCases(request)
        cases += page.cases
        request.page?.token = page.nextPageToken
        if page.nextPageToken.isEmpty { break }
      } while cases.count < limit
      return cases
    }
  }
}

extension CaseState {
  /// The proto's word, in lower case.
  fileprivate var word: String { "\(self)" }
}
