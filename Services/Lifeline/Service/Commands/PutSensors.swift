internal import CityModel
package import LifelineDomain
internal import Postgres

/// Registers sensors, or changes what is known of them. A changed rule judges from the next reading on.
package struct PutSensors: Sendable {
  package static let mostSensors = 10_000
  private let database: Database

  init(database: Database) { self.database = database }

  /// - Returns: the sensors with their ids, in the order of the request.
  package func callAsFunction(_ sensors: [Sensor]) async throws -> [Sensor] {
    guard sensors.count <= Self.mostSensors else { throw LifelineRefusal.tooMany(Words("个传感器", "sensors"), limit: Self.mostSensors) }
    try refuseTwins(sensors.map(\.code), Words("传感器", "sensor"))
    if sensors.isEmpty { return [] }
    let codes = sensors.map(\.code)
    return try await database.transaction(retrySerialization: 3) { transaction in
      let assets = Set(sensors.map(\.assetCode)).sorted()
      let found = try await transaction.pipeline([AssetStore.lock(assets), SensorStore.ids(ofCodes: codes)])
      let registered = Set(try found[0].column(String.self))
      if let unknown = assets.first(where: { !registered.contains($0) }) { throw LifelineRefusal.unknownAsset(unknown) }
      // Fence the machines before the rules change: whoever reads a rule holds the fence.
      let before = try found[1].column(Int32.self)
      let fenced = try await transaction.pipeline([SensorStore.lock(before), SensorStore.load(before), SensorStore.put(sensors)])
      let ids = Dictionary(uniqueKeysWithValues: try fenced[2].decode(Int32.self, String.self).map { ($1, $0) })
      let stored = sensors.map { sensor in
        var sensor = sensor
        sensor.id = ids[sensor.code] ?? 0
        return sensor
      }
      var statements = [SensorStore.makeStates(stored.map(\.id))]
      let changed = changedRules(try SensorStore.decode(fenced[1]), stored)
      if !changed.isEmpty { statements.append(SensorStore.save(changed, received: nil)) }
      try await transaction.commit(after: statements)
      return stored
    }
  }

  private func changedRules(_ before: [SensorStore.Stored], _ after: [Sensor]) -> [SensorStore.Stored] {
    let new = Dictionary(uniqueKeysWithValues: after.map { ($0.id, $0) })
    return before.compactMap { old in
      guard let sensor = new[old.sensor.id], sensor.rule != old.sensor.rule else { return nil }
      var state = old.state
      state.ruleChanged()
      return SensorStore.Stored(sensor: sensor, state: state)
    }
  }
}
