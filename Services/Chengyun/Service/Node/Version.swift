/// The version of this command and of the services built with it.
enum Version {
  static let current = "0.1.0"
}
