// The names of all settings. Each is an environment variable of a service's process.

/// Keys of a service's configuration. `ServiceConfiguration` says what each means, its unit and default.
public enum NodeKeys {
  public static let city = "CHENGYUN_CITY"
  public static let tier = "CHENGYUN_TIER"
  public static let node = "CHENGYUN_NODE"
  public static let timeZone = "CHENGYUN_TIME_ZONE"
  public static let listen = "CHENGYUN_LISTEN"
  public static let databaseURL = "CHENGYUN_DATABASE_URL"
  public static let databaseSchema = "CHENGYUN_DATABASE_SCHEMA"
  public static let databasePool = "CHENGYUN_DATABASE_POOL"
  public static let tlsAuthority = "CHENGYUN_TLS_CA"
  public static let tlsCertificate = "CHENGYUN_TLS_CERT"
  public static let tlsKey = "CHENGYUN_TLS_KEY"
  public static let plaintext = "CHENGYUN_PLAINTEXT"
  public static let fieldKeyFile = "CHENGYUN_FIELD_KEY_FILE"
  public static let reactors = "CHENGYUN_REACTORS"
  public static let logLevel = "CHENGYUN_LOG_LEVEL"
  public static let drainSeconds = "CHENGYUN_DRAIN_SECONDS"
  public static let startSeconds = "CHENGYUN_START_SECONDS"
  public static let commandDays = "CHENGYUN_COMMAND_DAYS"

  /// The address of another service: `CHENGYUN_DISPATCH` for "dispatch".
  public static func address(of service: String) -> String { "CHENGYUN_" + service.uppercased() }
}

/// The services of a node, as certificates, access rules and addresses name them.
public enum ServiceName {
  public static let intake = "intake"
  public static let dispatch = "dispatch"
  public static let lifeline = "lifeline"
  public static let evaluation = "evaluation"
  public static let feedback = "feedback"
  /// The HTTP edge for people.
  public static let console = "console"
  /// The chengyun command and trusted scripts.
  public static let `operator` = "operator"

  /// Those with a schema of their own.
  public static let all = [intake, dispatch, lifeline, evaluation, feedback]
}

/// What is the same in every executable of the product.
public enum Product {
  public static let version = "0.1.0"
}

/// Labels under which keys are derived from the node's secret. A changed label makes stored values unreadable.
enum KeyLabels {
  static let fields = "chengyun.fields.v1"
  static let tracking = "chengyun.tracking.v1"
  static let cookies = "chengyun.console.cookies.v1"
}
