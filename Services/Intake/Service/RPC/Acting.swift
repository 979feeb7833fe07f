internal import IntakeAPI
internal import IntakeDomain
internal import NodeKit
internal import RPC

// Who acts is the person for whom the console calls, whatever the request says. It is put into the request itself, so that a key used by
// one person is not another's.

extension PlaceReportRequest {
  func acting(_ call: CallContext) -> Self {
    var request = self
    request.actor = call.actor(claimed: actor, in: ReportRights.roles)
    return request
  }
}

extension UnlinkReportRequest {
  func acting(_ call: CallContext) -> Self {
    var request = self
    request.actor = call.actor(claimed: actor, in: ReportRights.roles)
    return request
  }
}

extension RejectReportRequest {
  func acting(_ call: CallContext) -> Self {
    var request = self
    request.actor = call.actor(claimed: actor, in: ReportRights.roles)
    return request
  }
}

extension CallContext {
  /// Somebody at the console who is not signed in, or not as one who takes reports in.
  var isVisitor: Bool {
    guard peer.identity?.service == ServiceName.console || person != nil else { return false }
    return !(person?.knownRoles ?? []).contains(where: ReportRights.roles.contains)
  }
}
