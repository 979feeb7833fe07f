/// What a map tile shows of the open cases: single ones by their properties, or clusters.
public enum CaseTile {
  public static let layer = "cases"

  /// The cases of one tile, taken out of `OpenCases` as they stood.
  public struct Content: Sendable {
    let tile: MapTile
    let marks: [ArraySlice<OpenCases.Mark>]
    let test: OpenCases.Test?
    let codes: CodeNumbers

    /// A Mapbox vector tile; empty when there is nothing to show.
    public func encoded() -> [UInt8] {
      guard let test else { return [] }
      if tile.zoom >= MapTile.clusterZoom, let few = singles(test) { return Self.points(few, tile, codes) }
      return Self.clusters(marks, tile, test)
    }

    /// Nil when there are too many to be shown singly.
    private func singles(_ test: OpenCases.Test) -> [OpenCases.Mark]? {
      var found: [OpenCases.Mark] = []
      for part in marks {
        for mark in part where test.passes(mark) {
          guard found.count < MapTile.pointLimit else { return nil }
          found.append(mark)
        }
      }
      return found
    }
  }

  /// What lies on top comes last: urgent ones, then overdue ones.
  private static func rank(_ mark: OpenCases.Mark) -> Int {
    (mark.flags.contains(.urgent) ? 2 : 0) + (mark.flags.contains(.overdue) ? 1 : 0)
  }
}

extension CaseTile.Content {
  fileprivate static func points(_ marks: [OpenCases.Mark], _ tile: MapTile, _ codes: CodeNumbers) -> [UInt8] {
    guard !marks.isEmpty else { return [] }
    var writer = PointTileWriter(layer: CaseTile.layer, keys: ["number", "kind", "overdue", "urgent", "supervised", "state"])
    for rank in 0...3 {
      for mark in marks where CaseTile.rank(mark) == rank {
        let state = CaseState(rawValue: Int16(mark.state))?.code ?? ""
        writer.add(
          at: tile.position(x: mark.x, y: mark.y),
          values: [
            writer.unique(.text(mark.number)), writer.value(.text(codes[mark.kind])), writer.value(.flag(mark.flags.contains(.overdue))),
            writer.value(.flag(mark.flags.contains(.urgent))), writer.value(.flag(mark.flags.contains(.supervised))),
            writer.value(.text(state)),
          ])
      }
    }
    return writer.finished()
  }

  private struct Cluster {
    var count: UInt64 = 0
    var overdue: UInt64 = 0
    var urgent: UInt64 = 0
    var x: UInt64 = 0
    var y: UInt64 = 0
  }

  /// Cases near each other are one point, in the middle of them; larger ones lie on top.
  fileprivate static func clusters(_ parts: [ArraySlice<OpenCases.Mark>], _ tile: MapTile, _ test: OpenCases.Test) -> [UInt8] {
    let shift = Int64(tile.clusterShift)
    var clusters: [Cluster] = []
    var last = Int64.min
    for part in parts {
      for mark in part where test.passes(mark) {
        if mark.square >> shift != last {
          last = mark.square >> shift
          clusters.append(Cluster())
        }
        let at = clusters.count - 1
        clusters[at].count += 1
        clusters[at].x += UInt64(mark.x)
        clusters[at].y += UInt64(mark.y)
        if mark.flags.contains(.overdue) { clusters[at].overdue += 1 }
        if mark.flags.contains(.urgent) { clusters[at].urgent += 1 }
      }
    }
    guard !clusters.isEmpty else { return [] }
    var writer = PointTileWriter(layer: CaseTile.layer, keys: ["count", "overdue", "urgent"])
    for one in clusters.sorted(by: { $0.count < $1.count }) {
      writer.add(
        at: tile.position(x: UInt32(one.x / one.count), y: UInt32(one.y / one.count)),
        values: [writer.value(.number(one.count)), writer.value(.number(one.overdue)), writer.value(.number(one.urgent))])
    }
    return writer.finished()
  }
}

extension OpenCases {
  /// Cheap: what is shown is made of it later, elsewhere.
  public func content(of tile: MapTile, _ filter: OpenCaseFilter) -> CaseTile.Content {
    CaseTile.Content(tile: tile, marks: marks(in: tile.squares), test: Test(filter, codes), codes: codes)
  }
}

extension MapTile {
  /// In the tile's units, from its north-west corner.
  fileprivate func position(x: UInt32, y: UInt32) -> (x: Int32, y: Int32) {
    func along(_ ordinal: UInt32, _ tile: Int32) -> Int32 {
      let side = Int64(1) << (32 - Int64(zoom))
      return Int32((Int64(ordinal) - Int64(tile) * side) * Int64(PointTileWriter.extent) / side)
    }
    return (along(x, column), along(y, row))
  }
}
