internal import ArgumentParser
internal import ChengyunDomain
internal import Glibc
internal import Reactor

struct CleanCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "clean",
    abstract: "Removes a stopped node with all its data: cluster, secrets, certificates, logs, marks of replays.",
    discussion: """
      Without --yes it only says what would go. Other files in the folder stay. Run by root it also removes clusters under
      \(ApartClusters.defaultRoot) whose node's folder was deleted. Ends with 1 while a node runs on the folder.
      """)

  @OptionGroup var node: NodeFolderOption

  @Flag(help: "Remove; it cannot be undone.")
  var yes = false

  func run() throws {
    let (folder, yes) = (node.folder, yes)
    try onReactors { _ in
      if folder.exists {
        try await NodeRemoval(folder: folder).run(really: yes)
      } else {
        Terminal.say("there is no node in \(folder.root)")
      }
      guard yes, geteuid() == 0 else { return }
      for note in ApartClusters().removeAbandoned() { Terminal.say(note) }
    }
  }
}

/// Takes a stopped node away.
struct NodeRemoval {
  let folder: NodeFolder

  func run(really: Bool) async throws {
    let cluster = PostgresCluster(folder: folder, home: PostgresCluster.named(by: folder) ?? folder.postgres)
    var paths = folder.contents
    if !paths.contains(cluster.home), Files.exists(cluster.home) { paths.insert(cluster.home, at: 0) }
    guard really else {
      Terminal.say("with --yes these are removed:\n" + paths.map { "  " + $0 }.joined(separator: "\n"))
      return
    }
    guard let lock = try LockFile(folder.lockFile) else {
      let holder = LockFile.holder(folder.lockFile).map { " (process \($0))" } ?? ""
      throw HostError("a node\(holder) runs on \(folder.root); stop it first")
    }
    // After a kill of `up` its PostgreSQL may still be shutting down.
    try await cluster.clearLeftovers()
    try cluster.remove()
    for path in paths + [folder.lockFile] { try Files.removeTree(path) }
    rmdir(folder.root)  // only an empty one goes
    Terminal.say("removed the node in \(folder.root)")
    withExtendedLifetime(lock) {}
  }
}
