// Which areas hold a point, and how they are called.

import { divisionName } from "../core/directory.js";
import { nameOf } from "../core/i18n.js";

const named = (area) => area && { code: area.code, name: area.name, name_en: area.name_en };

/** The district and the finer area around a point; null outside the city. */
export function placeOf({ districts, streets }, point) {
  const district = named(areaAt(districts, point));
  return district && { district, street: streets ? named(areaAt(streets, point)) : null };
}

export const placeName = ({ district, street }) => [divisionName(district, district.code), nameOf(street)].filter(Boolean).join(" · ");

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
