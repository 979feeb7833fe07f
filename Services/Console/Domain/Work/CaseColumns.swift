/// The columns of a table of cases for a spreadsheet, and the words in it that are the platform's own.
public enum CaseColumns {
  public static let header: [(chinese: String, english: String)] = [
    ("案卷号", "Case number"), ("状态", "State"), ("小类代码", "Kind code"), ("小类", "Kind"), ("描述", "Description"), ("地址", "Address"),
    ("区", "District"), ("街道", "Street"), ("部门", "Department"), ("班组", "Crew"), ("紧急", "Urgent"), ("超时", "Overdue"),
    ("督办", "Supervised"), ("立案时间", "Filed at"), ("时限", "Due at"), ("办结时间", "Ended at"), ("经度", "Longitude"), ("纬度", "Latitude"),
  ]

  public static func header(_ language: Language) -> [String] { header.map { language.choose($0.chinese, $0.english) } }

  /// A state's code as people say it; a code that is not known as it is.
  public static func state(_ code: String, _ language: Language) -> String {
    states[code].map { language.choose($0.chinese, $0.english) } ?? code
  }

  public static func flag(_ isSet: Bool, _ language: Language) -> String {
    isSet ? language.choose("是", "yes") : language.choose("否", "no")
  }

  /// The last line of a table that was cut short.
  public static func cut(at limit: Int, _ language: Language) -> String {
    language.choose("……超过 \(limit) 行，其余未导出，请缩小筛选范围。", "… more than \(limit) lines: the rest is left out; choose fewer cases.")
  }

  private static let states: [String: (chinese: String, english: String)] = [
    "pending_dispatch": ("待派遣", "Waiting for dispatch"), "dispatched": ("已派遣", "Dispatched"), "handling": ("处置中", "Being handled"),
    "returned": ("已退回", "Returned"), "handled": ("待核查", "Waiting for check"), "pending_close": ("待结案", "Waiting for closing"),
    "closed": ("已结案", "Closed"), "cancelled": ("已作废", "Cancelled"), "referred": ("已移送", "Referred"),
  ]
}
