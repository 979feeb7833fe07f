internal import NodeKit
internal import Postgres
internal import Reactor

/// Keeps the book of this process current when another replica changes divisions, codes or standards.
enum ReferenceWatch {
  /// A replica that dies between its commit and the telling tells nobody.
  static let lookAgain = Duration.seconds(30)

  static func jobs(_ book: ReferenceBook, _ database: Database) -> [any Job] {
    [
      NamedJob("reference-notifications") {
        for await _ in database.notifications(IntakeKeys.referenceChannel) { try await book.refresh() }
      },
      NamedJob("reference-look") {
        while true {
          try await Reactor.sleep(for: lookAgain)
          try await book.refresh()
        }
      },
    ]
  }
}
