/// An enum of the contract. A number that this build does not know is kept as `unrecognized`.
public protocol WireEnum: RawRepresentable<Int32>, CaseIterable, Sendable, Hashable {
  /// Every number is a value.
  init(rawValue: Int32)
}

extension WireEnum {
  @inlinable
  public static func == (left: Self, right: Self) -> Bool { left.rawValue == right.rawValue }

  @inlinable
  public func hash(into hasher: inout Hasher) { hasher.combine(rawValue) }
}
