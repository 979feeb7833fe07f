internal import AccountsAPI
internal import CityModel
internal import CommonAPI
internal import DispatchDomain
internal import NodeKit
internal import RPC

/// chengyun.accounts.v1.Accounts: messages in, commands and queries, messages out.
struct AccountsRPC: AccountsHandler {
  let office: AccountsOffice
  let issuer: IdentityIssuer
  private var listings: AccountListings { AccountListings(office: office) }

  // MARK: A person's own

  func signIn(_ request: SignInRequest, _ call: CallContext) async throws -> SignInResponse {
    try await refusing {
      let done = try await SignIn(office: office)(
        SignIn.Attempt(
          name: request.name, password: request.password, code: request.totpCode, origin: SignInOrigin(request.origin),
          patience: Patience(until: call.deadline)))
      let issued = try issuer.issue(done.record.identity(done.session), now: office.now())
      return SignInResponse(
        sessionToken: done.token.text, session: done.session.wire, mustChangePassword: done.record.mustChangePassword,
        identity: issued.identity, signedIdentity: issued.signed)
    }
  }

  func signOut(_ request: SignOutRequest, _ call: CallContext) async throws -> SignOutResponse {
    try await refusing {
      try await EndSession(office: office).signOut(SessionToken(text: request.sessionToken), SignInOrigin(request.origin))
      return SignOutResponse()
    }
  }

  func identify(_ request: IdentifyRequest, _ call: CallContext) async throws -> IdentifyResponse {
    try await refusing {
      let (session, record) = try await Identify(office: office)(
        SessionToken(text: request.sessionToken), isUse: !request.lookOnly)
      let issued = try issuer.issue(record.identity(session), now: office.now())
      return IdentifyResponse(
        signedIdentity: issued.signed, identity: issued.identity, session: session.wire, mustChangePassword: record.mustChangePassword,
        hasSecondFactor: record.secondFactor != nil)
    }
  }

  func changePassword(_ request: ChangePasswordRequest, _ call: CallContext) async throws -> ChangePasswordResponse {
    try await refusing {
      try await ChangePassword(office: office)(
        SessionToken(text: request.sessionToken), old: request.oldPassword, new: request.newPassword, SignInOrigin(request.origin),
        Patience(until: call.deadline))
      return ChangePasswordResponse()
    }
  }

  func beginSecondFactor(_ request: BeginSecondFactorRequest, _ call: CallContext) async throws -> BeginSecondFactorResponse {
    try await refusing {
      let begun = try await EnrolSecondFactor(office: office).begin(
        SessionToken(text: request.sessionToken), password: request.password, SignInOrigin(request.origin),
        Patience(until: call.deadline))
      return BeginSecondFactorResponse(secret: begun.secret, uri: begun.uri)
    }
  }

  func confirmSecondFactor(_ request: ConfirmSecondFactorRequest, _ call: CallContext) async throws -> ConfirmSecondFactorResponse {
    try await refusing {
      try await EnrolSecondFactor(office: office).confirm(
        SessionToken(text: request.sessionToken), code: request.totpCode, SignInOrigin(request.origin))
      return ConfirmSecondFactorResponse()
    }
  }

  // MARK: Administration

  func listUsers(_ request: ListUsersRequest, _ call: CallContext) async throws -> ListUsersResponse {
    try await refusing {
      let size = try AccountPage.size(request.page)
      let after = request.page?.token ?? ""
      guard after.isEmpty || Account.isName(after), request.query.unicodeScalars.count <= Account.longestDisplayName,
        !request.query.utf8.contains(0)
      else { throw AccountPage.invalid }
      let found = try await listings.accounts(part: request.query, after: after, limit: size + 1)
      return ListUsersResponse(
        users: found.prefix(size).map(\.wire), nextPageToken: found.count > size ? found[size - 1].account.name : "")
    }
  }

  func putUser(_ request: PutUserRequest, _ call: CallContext) async throws -> PutUserResponse {
    try await refusing {
      let put = PutAccount(office: office)
      let user = request.user ?? User()
      guard !user.id.isEmpty else {
        guard request.password.isEmpty || call.isOperator else { throw AccountRefusal.notYours }
        let (record, password) = try await put.create(
          try Account(user, id: office.newID(office.now())), chosen: request.password, by: AuditedPerson(call),
          SignInOrigin(request.origin), Patience(until: call.deadline))
        return PutUserResponse(user: record.wire, oneTimePassword: request.password.isEmpty ? password : "")
      }
      guard let id = Identifier(bytes: user.id) else { throw AccountRefusal.unknownUser }
      let record = try await put.change(try Account(user, id: id), by: AuditedPerson(call), SignInOrigin(request.origin))
      return PutUserResponse(user: record.wire)
    }
  }

  func resetPassword(_ request: ResetPasswordRequest, _ call: CallContext) async throws -> ResetPasswordResponse {
    try await refusing {
      let password = try await PutAccount(office: office).resetPassword(
        of: try reference(request.userId, request.name), removingFactor: request.removeSecondFactor, by: AuditedPerson(call),
        SignInOrigin(request.origin), Patience(until: call.deadline))
      return ResetPasswordResponse(oneTimePassword: password)
    }
  }

  private func reference(_ id: [UInt8], _ name: String) throws -> AccountReference {
    if id.isEmpty { return .name(Account.isName(name) ? name : "") }
    guard let id = Identifier(bytes: id) else { throw AccountRefusal.unknownUser }
    return .id(id)
  }

  /// Administrators see everybody's sessions, others their own.
  func listSessions(_ request: ListSessionsRequest, _ call: CallContext) async throws -> ListSessionsResponse {
    try await refusing {
      let size = try AccountPage.size(request.page)
      let whose = try await account(of: request, call)
      let after = try AccountPage.cursor(request.page).map { SessionStore.Key(lastUsedAt: $0.instant, id: $0.id) }
      let found = try await listings.sessions(of: whose, after: after, limit: size + 1)
      let page = found.prefix(size)
      return ListSessionsResponse(
        sessions: page.map(\.wire),
        nextPageToken: found.count > size ? page.last.map { PageCursor(at: $0.lastUsedAt, id: $0.id).token } ?? "" : "")
    }
  }

  /// Whose sessions are asked for; nil: everybody's. Who may ask for the own ones only learns nothing about others, not even that they are.
  private func account(of request: ListSessionsRequest, _ call: CallContext) async throws -> Identifier? {
    if let own = call.ownAccountOnly {
      let isOwn = (request.userId.isEmpty || request.userId == own.bytes) && (request.name.isEmpty || request.name == call.person?.name)
      guard isOwn else { throw AccountRefusal.notYours }
      return own
    }
    guard !request.userId.isEmpty || !request.name.isEmpty else { return nil }
    return try await listings.account(try reference(request.userId, request.name)).account.id
  }

  func revokeSession(_ request: RevokeSessionRequest, _ call: CallContext) async throws -> RevokeSessionResponse {
    try await refusing {
      guard let id = Identifier(bytes: request.sessionId) else { return RevokeSessionResponse(wasLiving: false) }
      let was = try await EndSession(office: office).revoke(
        id, by: AuditedPerson(call), only: call.ownAccountOnly, SignInOrigin(request.origin))
      return RevokeSessionResponse(wasLiving: was)
    }
  }

  // MARK: The audit list

  func record(_ request: RecordRequest, _ call: CallContext) async throws -> RecordResponse {
    try await refusing {
      let entry = try AuditEntry(request, AuditedPerson(call), at: office.now())
      return RecordResponse(sequence: try await office.append(entry))
    }
  }

  func listAudit(_ request: ListAuditRequest, _ call: CallContext) async throws -> ListAuditResponse {
    try await refusing {
      let size = try AccountPage.size(request.page)
      let token = request.page?.token ?? ""
      let before = Int64(token)
      guard token.isEmpty || before != nil else { throw AccountPage.invalid }
      let found = try await listings.audit(try AuditFilter(request), before: before, limit: size + 1)
      return ListAuditResponse(
        entries: found.prefix(size).map { AccountsAPI.AuditEntry($0.entry, sequence: $0.sequence) },
        nextPageToken: found.count > size ? String(found[size - 1].sequence) : "")
    }
  }
}

extension AccountsRPC {
  /// What a person does with the own session needs its token, and no identity: the token is more than that. Accounts are the
  /// administrators', the audit list the auditors', too.
  static let access: [RPC.Method: AccessRule] = [
    AccountsMethods.signIn: .visitor,
    AccountsMethods.signOut: .visitor,
    AccountsMethods.identify: .visitor,
    AccountsMethods.changePassword: .visitor,
    AccountsMethods.beginSecondFactor: .visitor,
    AccountsMethods.confirmSecondFactor: .visitor,
    AccountsMethods.listUsers: .person([.administrator]),
    AccountsMethods.putUser: .person([.administrator]),
    AccountsMethods.resetPassword: .person([.administrator]),
    AccountsMethods.listSessions: .person(.everyone),
    AccountsMethods.revokeSession: .person(.everyone),
    AccountsMethods.record: .person(.everyone),
    AccountsMethods.listAudit: .person([.administrator, .auditor]),
  ]
}
