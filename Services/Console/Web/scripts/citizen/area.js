// Which area holds a point. Pure.

/** The properties of the first area that holds `{lon, lat}`, or null. */
export function areaAt(collection, { lon, lat }) {
  const found = collection.features.find(({ geometry }) => geometry && polygonsOf(geometry).some((polygon) => holds(polygon, lon, lat)));
  return found?.properties ?? null;
}

const polygonsOf = (geometry) => (geometry.type === "MultiPolygon" ? geometry.coordinates : [geometry.coordinates]);

/** Inside the outer ring and in none of the holes: an odd number of crossings over all rings. */
function holds(rings, x, y) {
  let inside = false;
  for (const ring of rings) {
    for (let at = 0, before = ring.length - 1; at < ring.length; before = at, at += 1) {
      const [[ax, ay], [bx, by]] = [ring[at], ring[before]];
      if (ay > y !== by > y && x < ((bx - ax) * (y - ay)) / (by - ay) + ax) inside = !inside;
    }
  }
  return inside;
}
