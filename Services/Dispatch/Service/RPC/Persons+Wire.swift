internal import CityModel
internal import CommonAPI
internal import DispatchAPI
internal import DispatchDomain
internal import NodeKit
internal import RPC

// For a signed-in person, what the request says of who asks and how far it looks is replaced by what the identity says.

extension CaseScope {
  /// The person's, or everything for a service and the operator.
  init(_ call: CallContext) {
    guard let person = call.person else {
      self = .all
      return
    }
    self.init(roles: person.knownRoles, department: person.department, crew: person.crew, district: person.district)
  }
}

extension DispatchDomain.Actor {
  /// The person, in any of the roles that a case knows; which one is decided when the case is at hand.
  /// - Throws: `RPCError` when the person has no such role.
  init(_ person: Person) throws {
    let roles = person.roles.compactMap(Role.init(rawValue:))
    guard let first = roles.first else {
      throw RPCError(
        .permissionDenied, refusal: "identity.role_may_not", sentence: "您的角色不处理案卷。 None of your roles works on cases.")
    }
    self.init(
      id: person.id, role: first, name: person.displayName, department: person.department, crew: person.crew,
      district: person.district.isEmpty ? nil : person.district, otherRoles: Array(roles.dropFirst()))
  }
}

extension ListCasesRequest {
  func scoped(_ call: CallContext) throws -> ListCasesRequest {
    let scope = CaseScope(call)
    var request = self
    if scope.department != nil {
      request.department = try Self.own(department, departments, scope)
      request.departments = []
    }
    request.crew = try scope.narrow(crew: crew)
    request.districtCode = try scope.narrow(department: request.department, district: districtCode).district
    return request
  }

  /// Of several departments asked for, a person who works for one may ask for that one only.
  private static func own(_ one: String, _ several: [String], _ scope: CaseScope) throws -> String {
    for asked in several { _ = try scope.narrow(department: asked, district: "") }
    return try scope.narrow(department: one, district: "").department
  }
}

extension ListTasksRequest {
  func scoped(_ call: CallContext) throws -> ListTasksRequest {
    let scope = CaseScope(call)
    var request = self
    request.department = try scope.narrow(department: department, district: "").department
    request.crew = try scope.narrow(crew: crew)
    return request
  }
}

extension GetOverviewRequest {
  func scoped(_ call: CallContext) throws -> GetOverviewRequest {
    var request = self
    (request.department, request.districtCode) = try CaseScope(call).narrow(department: department, district: districtCode)
    return request
  }
}

extension GetCaseTileRequest {
  func scoped(_ call: CallContext) throws -> GetCaseTileRequest {
    var request = self
    (request.department, request.districtCode) = try CaseScope(call).narrow(department: department, district: districtCode)
    return request
  }
}

extension GetCaseRequest {
  func scoped(_ call: CallContext) -> GetCaseRequest {
    guard let person = call.person else { return self }
    var request = self
    request.roles = person.roles.filter { Role(rawValue: $0) != nil }
    request.department = person.department
    request.crew = person.crew
    return request
  }
}

extension CaseScope {
  func contains(_ file: DispatchAPI.Case) -> Bool {
    contains(department: file.department, crew: file.crew, district: file.place?.districtCode ?? "")
  }

  /// - Throws: `Refusal.notYours`.
  func check(_ response: GetCaseResponse) throws(Refusal) -> GetCaseResponse {
    guard let file = response.caseFile, contains(file) else { throw .notYours }
    return response
  }

  /// A page may then hold fewer than asked for.
  func kept(_ response: ListTasksResponse) -> ListTasksResponse {
    guard district != nil else { return response }
    var response = response
    response.tasks = response.tasks.filter(contains)
    return response
  }
}
