public import CityModel

extension Refusal {
  public var words: Words {
    switch self {
    case .missing(let field): Words("缺少\(field.words.chinese)。", "The \(field.words.english) is missing.")
    case .tooLong(let field, let limit):
      Words("\(field.words.chinese)超过\(limit)个字符。", "The \(field.words.english) has more than \(limit) characters.")
    case .containsNul(let field):
      Words("\(field.words.chinese)含有空字符，不能保存。", "The \(field.words.english) holds a NUL character, which cannot be stored.")
    case .unknownChannel(let number): Words("没有编号为\(number)的信息来源。", "There is no channel number \(number).")
    case .tooMuchEvidence(let count):
      Words(
        "附件\(count)个，最多\(SubmissionLimits.evidence)个。", "\(count) pieces of evidence; at most \(SubmissionLimits.evidence) are taken.")
    case .mayNotNameTime: Words("只有运维回放可以指定上报时间。", "Only an operator's replay may name the time of a report.")
    case .mayNotDecide:
      Words(
        "责任单位、期限、紧急程度、外部编号和是否并案由受理人员决定，请先登录。",
        "Owner, due time, urgency, external reference and separation are the staff's to decide: sign in first.")
    case .otherDistrict(let district):
      Words("上报属于辖区 \(district)，您的账户仅限本辖区。", "The report belongs to the district \(district); your account is confined to another.")
    case .otherDepartment:
      Words("部门只能查看本部门案卷的上报。", "A department sees the reports of its own cases only: name one of them.")
    case .timeOutOfRange(let field):
      Words("\(field.words.chinese)不在1970年至2099年之间。", "The \(field.words.english) is not between 1970 and 2099.")
    case .noCodeTable(let table, let instant):
      Words("\(instant)没有生效的“\(table)”代码表。", "No version of the code table \"\(table)\" is valid at \(instant).")
    case .unknownKind(let kind, let version):
      Words("类别代码表（版本\(version)）中没有“\(kind)”。", "The code table of kinds, version \(version), has no \"\(kind)\".")
    case .kindNotPublic(let kind):
      Words(
        "“\(kind.chinese)”由传感器或工作人员上报，请选择其他类别。",
        "Reports of the kind \"\(kind.english)\" are made by sensors or the staff; choose another kind.")
    case .keyReused(let key):
      Words("幂等键“\(key)”已用于内容不同的请求。", "The idempotency key \"\(key)\" was used before for another request.")
    case .unknownReport: Words("没有这条上报。", "There is no such report.")
    case .notInState(let state, let action):
      Words(
        "该上报\(state.words.chinese)，不能\(action.words.chinese)。",
        "The report is \(state.words.english), so it cannot be \(action.words.english).")
    case .reasonRequired(let action):
      Words("\(action.words.chinese)必须说明原因。", "A reason is needed before a report is \(action.words.english).")
    default: tableWords
    }
  }

  private var tableWords: Words {
    switch self {
    case .stillNotFiled(let kind):
      Words("没有立案标准适用于类别“\(kind)”，不能单独立案。", "No filing standard covers the kind \"\(kind)\", so it cannot have a case of its own.")
    case .stillUnplaced:
      Words("该点不在任何区划内，请指定区划代码。", "The point lies in no division; name the division codes.")
    case .unknownDivision(let tier, let code):
      Words("没有代码为“\(code)”的\(Self.name(tier).chinese)。", "There is no \(Self.name(tier).english) with the code \"\(code)\".")
    case .invalidDivision(let code, let problem): Words("区划“\(code)”无效：\(problem)。", "Division \"\(code)\" is invalid: \(problem).")
    case .invalidCodeTable(let problem): Words("代码表无效：\(problem)。", "The code table is invalid: \(problem).")
    case .invalidStandard(let id, let problem): Words("立案标准“\(id)”无效：\(problem)。", "Filing standard \"\(id)\" is invalid: \(problem).")
    case .versionExists(let name, let version):
      Words(
        "“\(name)”的版本\(version)已存在且内容不同；请使用新的版本号。",
        "Version \(version) of \"\(name)\" is there already with another content; use a new version.")
    case .badPage: Words("分页参数无效。", "The page's size or token is invalid.")
    case .streamTooLong(let limit): Words("一次最多提交\(limit)条。", "A stream holds at most \(limit) messages.")
    default: Words.none
    }
  }

  private static func name(_ tier: DivisionTier) -> Words {
    switch tier {
    case .city: Words("城市", "city")
    case .district: Words("区县", "district")
    case .street: Words("街道", "street")
    case .community: Words("社区", "community")
    }
  }
}
