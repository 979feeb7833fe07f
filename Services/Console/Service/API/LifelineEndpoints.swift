internal import CommonAPI
internal import ConsoleDomain
internal import LifelineAPI

/// Assets, sensors, series, alarms.
enum LifelineEndpoints {
  /// Points of a chart unless said otherwise: about one a pixel.
  private static let points = 1_000
  private static let code = EndpointDescription.Parameter.path("code", .text(min: 1, max: 100))

  static let all = [
    Endpoint(
      .init(
        .get, "/api/assets", tag: "lifeline", "Assets", access: .roles(Roles.work),
        parameters: [Parameters.limit(1_000), Parameters.page], answer: .json(Schemas.page("assets", .anything)))
    ) { exchange in
      let response = try await exchange.services.lifeline.listAssets(ListAssetsRequest(page: exchange.page(1_000)), exchange.options)
      return .json([
        "assets": .array(
          response.assets.map { asset in
            [
              "code": .string(asset.code), "name": .string(asset.name), "kind": JSON(asset.kind),
              "point": JSON(point: asset.place?.point), "address": JSON(asset.place?.address),
            ]
          }), "next_page": JSON(response.nextPageToken),
      ])
    },
    Endpoint(
      .init(
        .get, "/api/sensors", tag: "lifeline", "Sensors with their newest reading", access: .roles(Roles.work),
        parameters: [.init("asset", Parameters.code), Parameters.limit(1_000), Parameters.page],
        answer: .json(Schemas.page("sensors", .named("Sensor"))))
    ) { exchange in
      let request = ListSensorsRequest(assetCode: exchange.values.text("asset"), page: exchange.page(1_000))
      let response = try await exchange.services.lifeline.listSensors(request, exchange.options)
      return .json([
        "sensors": .array(response.sensors.map { JSON(sensor: $0, exchange.times) }), "next_page": JSON(response.nextPageToken),
      ])
    },
    Endpoint(
      .init(
        .get, "/api/sensors/{code}", tag: "lifeline", "A sensor with its newest reading", access: .roles(Roles.work), parameters: [code],
        answer: .json(.named("Sensor")))
    ) { exchange in
      let request = GetSensorRequest(sensorCode: exchange.values.text("code"))
      return .json(JSON(sensor: try await exchange.services.lifeline.getSensor(request, exchange.options), exchange.times))
    },
    Endpoint(
      .init(
        .get, "/api/sensors/{code}/series", tag: "lifeline", "A sensor's series for a chart: extremes kept, gaps and alarms beside it",
        access: .roles(Roles.work),
        parameters: [
          code, Parameters.from, Parameters.to, .init("points", .integer(2...5_000)),
        ], answer: .json(.anything))
    ) { exchange in try await series(exchange) },
    Endpoint(
      .init(
        .get, "/api/alarms", tag: "lifeline", "Alarms, the newest first", access: .roles(Roles.work),
        parameters: [
          .init("sensor", Parameters.code), .init("state", .list(.choice(Codes.names(Codes.alarmStates)), max: 3)),
          .init("severity", .list(.choice(Schemas.severities), max: 4)), Parameters.from, Parameters.to, Parameters.limit(1_000),
          Parameters.page,
        ], answer: .json(Schemas.page("alarms", .named("Alarm"))))
    ) { exchange in try await alarms(exchange) },
    Endpoint(
      .init(
        .post, "/api/alarms/{id}/acknowledge", tag: "lifeline", "Say that somebody is looking after it", access: .roles(Roles.centre),
        parameters: [Parameters.id], body: .object([Parameters.key, .init("note", .text(max: 1_000))]), answer: .json(.named("Alarm")))
    ) { exchange in
      let request = AcknowledgeAlarmRequest(
        idempotencyKey: exchange.key, alarmId: try exchange.values.identifier("id"), note: exchange.values.bodyText("note"),
        actor: exchange.actor)
      return .json(JSON(alarm: try await exchange.services.lifeline.acknowledgeAlarm(request, exchange.options), exchange.times))
    },
  ]

  private static func series(_ exchange: Exchange) async throws -> Answer {
    let values = exchange.values
    let request = GetChartRequest(
      sensorCode: values.text("code"), fromUs: values.microseconds("from"), beforeUs: values.endMicroseconds("to"),
      maxPoints: Int32(values.integer("points") ?? points))
    let chart = try await exchange.services.lifeline.getChart(request, exchange.options)
    let readings = zip(chart.timesUs, chart.values).map { JSON.array([.integer($0 / 1_000), .number($1)]) }
    return .json([
      "sensor": chart.sensor.map { JSON(sensor: $0, exchange.times) } ?? .null, "unit": JSON(chart.sensor?.unit),
      "thresholds": JSON(rule: chart.sensor?.rule), "points": .array(readings),
      "gaps": .array(chart.gaps.map { .array([.integer($0.fromUs / 1_000), .integer($0.beforeUs / 1_000)]) }),
      "alarms": .array(chart.alarms.map { JSON(alarm: $0, exchange.times) }), "readings": .integer(chart.readings),
    ])
  }

  private static func alarms(_ exchange: Exchange) async throws -> Answer {
    let values = exchange.values
    let request = ListAlarmsRequest(
      sensorCode: values.text("sensor"), states: values.list("state").compactMap { Codes.value($0, Codes.alarmStates) },
      fromUs: values.microseconds("from"), beforeUs: values.endMicroseconds("to"), page: exchange.page(100),
      severities: values.list("severity").compactMap { Codes.value($0, Codes.severities) })
    let response = try await exchange.services.lifeline.listAlarms(request, exchange.options)
    return .json([
      "alarms": .array(response.alarms.map { JSON(alarm: $0, exchange.times) }), "next_page": JSON(response.nextPageToken),
    ])
  }
}
