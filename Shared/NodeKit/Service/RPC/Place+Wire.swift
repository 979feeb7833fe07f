// Where something is, between the contract and the vocabulary.
public import CityModel
public import CommonAPI

extension CityModel.Place {
  public var wire: CommonAPI.Place {
    CommonAPI.Place(
      point: point.map { Point(longitude: $0.longitude, latitude: $0.latitude) }, address: address, districtCode: districtCode,
      streetCode: streetCode, communityCode: communityCode)
  }

  /// As it is given: nothing in it is checked. None is a place of which nobody has said anything.
  public init(_ wire: CommonAPI.Place?) {
    self.init(
      point: wire?.point.map { GeoPoint(longitude: $0.longitude, latitude: $0.latitude) }, address: wire?.address ?? "",
      districtCode: wire?.districtCode ?? "", streetCode: wire?.streetCode ?? "", communityCode: wire?.communityCode ?? "")
  }
}
