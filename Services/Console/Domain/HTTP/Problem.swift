/// Why a request is not answered: a stable code for programs, a sentence in both languages for people.
public struct Problem: Error, Sendable, Hashable {
  /// HTTP's.
  public var status: Int
  public var code: String
  public var chinese: String
  public var english: String
  /// Seconds after which another attempt makes sense; for 429 and 503.
  public var retryAfterSeconds: Int?

  public init(_ status: Int, _ code: String, _ chinese: String, _ english: String, retryAfterSeconds: Int? = nil) {
    self.status = status
    self.code = code
    self.chinese = chinese
    self.english = english
    self.retryAfterSeconds = retryAfterSeconds
  }

  public var json: JSON { ["error": ["code": .string(code), "message": .string(chinese), "message_en": .string(english)]] }
}

extension Problem {
  public static let notFound = Problem(404, "not_found", "没有这个地址。", "There is nothing at this address.")
  public static let methodNotAllowed = Problem(405, "method_not_allowed", "此地址不支持该操作。", "This address does not know that method.")
  public static let signedOut = Problem(401, "signed_out", "请先登录。", "Sign in first.")
  public static let forbidden = Problem(403, "role_may_not", "您的角色无权执行此操作。", "Your role may not do this.")
  public static let passwordFirst = Problem(
    403, "must_change_password", "请先修改初始密码。", "Change the one-time password first.")
  public static let csrf = Problem(
    403, "csrf", "页面已过期，请刷新后重试。", "The page is out of date; reload it and try again.")
  public static let bodyTooLarge = Problem(413, "body_too_large", "内容过大，最多 1 MiB。", "The request is larger than 1 MiB.")
  public static let notJSON = Problem(400, "not_json", "请求内容不是有效的 JSON 对象。", "The request's body is not a JSON object.")
  public static let wrongContentType = Problem(
    415, "content_type", "请求内容须为 application/json。", "The request's body must be application/json.")
  public static let noSession = Problem(
    404, "unknown_session", "该登录已失效或不存在。", "The session has ended already, or there is none of that number.")
  public static let badQuery = Problem(400, "bad_query", "查询参数的编码有误。", "The query is not encoded correctly.")
  public static let internalError = Problem(
    500, "internal", "系统内部错误，请稍后再试；若仍出现请联系管理员。",
    "Something went wrong inside; try again, and tell the administrator if it stays.")

  public static func tooMany(retryAfterSeconds: Int) -> Problem {
    Problem(
      429, "too_many_requests", "操作过于频繁，请在 \(retryAfterSeconds) 秒后重试。",
      "Too many requests; try again in \(retryAfterSeconds) seconds.", retryAfterSeconds: retryAfterSeconds)
  }

  /// - Parameter limit: how many live pages one person or address may have open.
  public static func tooManyStreams(limit: Int) -> Problem {
    Problem(
      429, "too_many_streams", "同一人或同一地址最多同时打开 \(limit) 个实时页面，请关闭不用的页面。",
      "One person or address may have \(limit) live pages open; close those that are not needed.", retryAfterSeconds: 30)
  }

  public static let streamsTaken = Problem(
    503, "streams_taken", "实时连接已满，请稍后再试；若仍出现请联系管理员。",
    "All live connections are taken; try again shortly, and tell the administrator if it stays.", retryAfterSeconds: 30)

  public static func unavailable(_ service: String) -> Problem {
    Problem(
      503, "service_unavailable", "\(service) 服务暂时不可用，请稍后再试。", "The service \(service) is not available now; try again shortly.",
      retryAfterSeconds: 5)
  }

  public static func field(_ name: String, _ chinese: String, _ english: String) -> Problem {
    Problem(400, "invalid_field", "字段 \(name)：\(chinese)。", "Field \(name): \(english).")
  }
}
