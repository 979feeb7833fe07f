public import CityModel

/// Why a request about accounts was refused. Closed and stable: clients may act on `code`, people read `words`.
public enum AccountRefusal: Error, Sendable, Hashable {
  /// Name or password wrong, no such account, or disabled: always the same answer.
  case signInFailed
  case secondFactorRequired
  case secondFactorWrong
  /// Too many failures; again after so many seconds.
  case throttled(seconds: Int64)
  case busy
  case sessionEnded
  case passwordWeak(PasswordRule.Fault)
  case passwordWrong
  case unknownUser
  case nameTaken(String)
  case nameFixed
  case unknownRole(String)
  case unknownDepartment(String)
  case unknownCrew(String)
  case departmentRequired
  case lastAdministrator
  case noSecondFactorBegun
  case conflict
  case invalidValue(Words)
  case notYours

  public var code: String {
    switch self {
    case .signInFailed: "sign_in_failed"
    case .secondFactorRequired: "second_factor_required"
    case .secondFactorWrong: "second_factor_wrong"
    case .throttled: "throttled"
    case .busy: "busy"
    case .sessionEnded: "session_ended"
    case .passwordWeak: "password_weak"
    case .passwordWrong: "password_wrong"
    case .unknownUser: "unknown_user"
    case .nameTaken: "name_taken"
    case .nameFixed, .invalidValue: "invalid_value"
    case .unknownRole: "unknown_role"
    case .unknownDepartment: "unknown_department"
    case .unknownCrew: "unknown_crew"
    case .departmentRequired: "department_required"
    case .lastAdministrator: "last_administrator"
    case .noSecondFactorBegun: "no_second_factor_begun"
    case .conflict: "conflict"
    case .notYours: "not_yours"
    }
  }

  public var words: Words {
    switch self {
    case .signInFailed: Words("用户名或密码不正确。", "Name or password is wrong.")
    case .secondFactorRequired: Words("请输入验证器上的六位验证码。", "Enter the six digits that your authenticator shows.")
    case .secondFactorWrong: Words("验证码不正确或已使用，请等待下一个。", "The code is wrong or used already; wait for the next one.")
    case .throttled(let seconds): Words("尝试次数过多，请在 \(seconds) 秒后再试。", "Too many attempts: try again in \(seconds) seconds.")
    case .busy: Words("登录人数过多，本次操作未生效，请稍后再试。", "Too many people are signing in: nothing was done. Try again in a moment.")
    case .sessionEnded: Words("登录已失效，请重新登录。", "The session has ended: sign in again.")
    case .passwordWeak(let fault): fault.words
    case .passwordWrong: Words("当前密码不正确。", "The present password is wrong.")
    case .unknownUser: Words("没有该用户。", "There is no such user.")
    case .nameTaken(let name): Words("用户名 \(name) 已被使用。", "The name \(name) is taken.")
    case .nameFixed: Words("用户名不能更改。", "A user's name cannot be changed.")
    case .unknownRole(let role): Words("没有角色 \(role)。", "There is no role \(role).")
    case .unknownDepartment(let code): Words("没有部门 \(code)。", "There is no department \(code).")
    case .unknownCrew(let code): Words("该部门没有班组 \(code)。", "The department has no crew \(code).")
    case .departmentRequired:
      Words("专业部门和处置人员须指定部门，处置人员还须指定班组。", "The roles department and crew need a department, and crew a crew, too.")
    case .lastAdministrator: Words("至少须保留一名管理员。", "At least one administrator must remain.")
    case .noSecondFactorBegun: Words("请先获取验证器密钥。", "Begin with a secret for the authenticator first.")
    case .conflict: Words("该用户已被他人修改，请刷新后重试。", "Somebody else changed the user: look again and repeat.")
    case .invalidValue(let words): words
    case .notYours: Words("只能管理自己的登录。", "Only your own sessions are yours to see and end.")
    }
  }
}
