/// The five services of a node, in the order of their start.
public enum ServiceName: String, Sendable, Hashable, CaseIterable {
  case intake, dispatch, lifeline, evaluation, feedback

  /// The port is the node's base plus this.
  public var portOffset: Int { Self.allCases.firstIndex(of: self)! + 1 }
}
