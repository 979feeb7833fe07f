// Names of codes: departments, crews, kinds, divisions. Asked for once a page load.

import { get } from "./api.js";
import { nameOf, t } from "./i18n.js";

const asked = new Map();

function once(key, path, read) {
  if (!asked.has(key)) {
    const answer = get(path).then(read);
    answer.catch(() => asked.delete(key));
    asked.set(key, answer);
  }
  return asked.get(key);
}

const list = (name) => (body) => (Array.isArray(body) ? body : (body?.[name] ?? []));

export const departments = () => once("departments", "/api/departments", list("departments"));
export const kinds = () => once("kinds", "/api/kinds", list("kinds"));
export const divisions = (tier) => once(`divisions-${tier}`, `/api/divisions?tier=${tier}`, (body) => body);

export async function divisionList(tier) {
  const { features } = await divisions(tier);
  const all = features.map((feature) => feature.properties);
  return all.sort((a, b) => String(a.code).localeCompare(String(b.code), undefined, { numeric: true }));
}

/** Names for a page; a directory that cannot be read answers with the codes. */
export async function names() {
  const [offices, areas, streets] = await Promise.all([
    departments().catch(() => []), divisionList("district").catch(() => []), divisionList("street").catch(() => []),
  ]);
  const office = new Map(offices.map((item) => [item.code, item]));
  const area = new Map(areas.map((item) => [item.code, item]));
  const street = new Map(streets.map((item) => [item.code, item]));
  return {
    department: (code) => nameOf(office.get(code)) || code || "",
    crew: (department, code) => nameOf((office.get(department)?.crews ?? []).find((crew) => crew.code === code)) || code || "",
    district: (code) => divisionName(area.get(code), code),
    /** An area of the responsibility matrix, in which `row` lies: a district and a street may have the same code; the matrix looks at the
     * smallest first. */
    area: (code, row) => {
      if (code === row.community) return code;
      const isDistrict = code !== row.street && area.has(code);
      return isDistrict ? divisionName(area.get(code), code) : nameOf(street.get(code)) || code;
    },
    place: (row) => [divisionName(area.get(row.district), row.district), nameOf(street.get(row.street)) || row.street]
      .filter(Boolean).join(" · "),
  };
}

/** A district that is only a number in its source gets a word beside it. */
export function divisionName(division, code) {
  const name = nameOf(division) || code || "";
  return /^\d+$/.test(name) ? t("city.district", { code: name }) : name;
}

export const kindName = (row) => nameOf(row, "kind_name") || row.kind || "";
