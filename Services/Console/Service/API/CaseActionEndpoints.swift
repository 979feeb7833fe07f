internal import CommonAPI
internal import ConsoleDomain
internal import DispatchAPI

/// What a person does with a case. Dispatch decides whether it may be.
enum CaseActionEndpoints {
  static let names = ["dispatch", "accept", "return", "handled", "check", "close", "cancel", "refer", "reopen", "supervise"]

  static let all = names.map { name in
    Endpoint(
      .init(
        .post, "/api/cases/{number}/actions/\(name)", tag: "cases", summary[name] ?? name, access: .roles(Roles.work),
        parameters: [Parameters.number], body: .object(common + (special[name] ?? [])), answer: .json(.named("Case")))
    ) { exchange in
      let number = try CaseEndpoints.caseNumber(exchange)
      try await perform(name, number, exchange)
      return .json(try await CaseEndpoints.story(of: number, exchange))
    }
  }

  private static let common: [Schema.Property] = [
    Parameters.key, .init("expected_version", .integer(0...1_000_000)), .init("reason", .text(max: 2_000)),
    .init("note", .text(max: 2_000)),
  ]

  private static let special: [String: [Schema.Property]] = [
    "dispatch": [.init("department", .text(min: 1, max: 100), required: true), .init("crew", .text(max: 100))],
    "handled": [.init("evidence", .list(.text(min: 1, max: 500), max: 20))],
    "check": [.init("passed", .flag, required: true)],
    "refer": [.init("authority", .text(min: 1, max: 200), required: true)],
  ]

  private static let summary = [
    "dispatch": "Send to a department", "accept": "Accept the task", "return": "Return the task, with a reason",
    "handled": "Report the task handled, with a note", "check": "Say whether the check was passed", "close": "Close",
    "cancel": "Cancel, with a reason", "refer": "Refer to an authority outside the platform", "reopen": "Reopen, with a reason",
    "supervise": "Put under supervision, with a reason",
  ]

  private static func perform(_ name: String, _ number: String, _ exchange: Exchange) async throws {
    let values = exchange.values
    let (dispatch, options) = (exchange.services.dispatch, exchange.options)
    let reason = values.bodyText("reason")
    // The key is the person's: nobody gets the answer to somebody else's command.
    let command = CaseCommand(
      idempotencyKey: "console:\(exchange.actor.id):\(values.bodyText("key"))", number: number, actor: exchange.actor,
      expectedVersion: Int32(values.bodyInteger("expected_version") ?? 0), reason: reason.isEmpty ? values.bodyText("note") : reason)
    switch name {
    case "dispatch":
      _ = try await dispatch.dispatchCase(
        .init(command: command, department: values.bodyText("department"), crew: values.bodyText("crew")), options)
    case "accept": _ = try await dispatch.acceptTask(.init(command: command), options)
    case "return": _ = try await dispatch.returnTask(.init(command: command), options)
    case "handled": _ = try await dispatch.reportHandled(.init(command: command, evidence: values.bodyTexts("evidence")), options)
    case "check": _ = try await dispatch.checkCase(.init(command: command, passed: values.bodyFlag("passed") ?? false), options)
    case "close": _ = try await dispatch.closeCase(.init(command: command), options)
    case "cancel": _ = try await dispatch.cancelCase(.init(command: command), options)
    case "refer": _ = try await dispatch.referCase(.init(command: command, authority: values.bodyText("authority")), options)
    case "reopen": _ = try await dispatch.reopenCase(.init(command: command), options)
    case "supervise": _ = try await dispatch.superviseCase(.init(command: command), options)
    default: throw Problem.notFound
    }
  }
}
