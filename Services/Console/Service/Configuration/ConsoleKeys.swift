/// Environment variables that only the console has; the others are NodeKit's `NodeKeys`.
enum ConsoleKeys {
  static let web = "CHENGYUN_WEB"
  static let assets = "CHENGYUN_ASSETS"
  static let url = "CHENGYUN_CONSOLE_URL"
  static let proxies = "CHENGYUN_CONSOLE_PROXIES"
  static let tlsCertificate = "CHENGYUN_CONSOLE_TLS_CERT"
  static let tlsKey = "CHENGYUN_CONSOLE_TLS_KEY"
}
