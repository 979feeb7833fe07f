// The centre's map: divisions to choose, cases and alarms live on it.

import { divisionName, divisions } from "../core/directory.js";
import { count } from "../core/format.js";
import { h, put } from "../core/h.js";
import { t } from "../core/i18n.js";
import { flags, stateBadge } from "./badge.js";
import { addAlarms, addCases, legend, mapCard } from "./casemap.js";
import { addDivisions, addNames, boundsOf, showMap } from "./map.js";
import { failed } from "./states.js";

/**
 * Shows the map in `box`. `overview()` is the newest overview; `district` narrows everything to one. Answers `{refresh(points),
 * alarms(list)}` (see addCases), which may be called before the map is there.
 */
export function cityMap(box, { district, overview, openAlarm, signal }) {
  const view = { map: null, cases: null, alarms: [], district, overview };
  start(box, view, openAlarm, signal).catch((error) => {
    if (signal.aborted) return;
    put(box, failed(error?.words ? error : { words: { zh: t("error.map"), en: t("error.map") } }));
  });
  return {
    refresh: (points) => view.cases?.refresh(points),
    alarms(list) {
      view.alarms = list;
      if (view.map) addAlarms(view.map, list, openAlarm);
    },
  };
}

async function start(box, view, openAlarm, signal) {
  const [districts, streets] = await Promise.all([divisions("district"), divisions("street").catch(() => null)]);
  const own = { ...districts, features: districts.features.filter(({ properties }) => properties.code === view.district) };
  const bounds = boundsOf(view.district && own.features.length ? own : districts);
  const map = await showMap(box, { label: t("centre.map"), bounds, signal });
  if (signal.aborted) return;
  view.map = map;
  const card = mapCard(box);
  addDivisions(map, districts, streets);
  addNames(map);
  view.cases = addCases(map, { district: view.district }, {
    onCases: (found) => card.show(t("centre.cases_here", { n: found.length }), caseList(found)),
  });
  addAlarms(map, view.alarms, openAlarm);
  chooseDistricts(view, map, card);
  box.append(legend());
  box.dataset.ready = "true";
}

function caseList(found) {
  return h("ul", {}, found.map((one) => h(
    "li", {}, h("a", { class: "mono", href: `/cases/${encodeURIComponent(one.number)}` }, one.number), " ",
    h("span", { class: "flags" }, flags({ urgent: asBool(one.urgent), overdue: asBool(one.overdue) })),
    h("div", {}, stateBadge(one.state)))));
}

const asBool = (value) => value === true || value === 1 || value === "true";

function chooseDistricts(view, map, card) {
  let hovered = null;
  const mark = (code, state) => code !== null && map.setFeatureState({ source: "districts", id: code }, state);
  map.on("mousemove", "chosen", ({ features }) => {
    const code = features[0]?.properties.code ?? null;
    if (code === hovered) return;
    mark(hovered, { hover: false });
    hovered = code;
    mark(code, { hover: true });
  });
  map.on("mouseleave", "chosen", () => {
    mark(hovered, { hover: false });
    hovered = null;
  });
  let chosen = view.district || null;
  mark(chosen, { chosen: true });
  map.on("click", "chosen", (event) => {
    if (map.queryRenderedFeatures(event.point, { layers: ["points", "clusters", "alarms"] }).length) return;
    const area = event.features[0].properties;
    mark(chosen, { chosen: false });
    chosen = area.code;
    mark(chosen, { chosen: true });
    card.show(divisionName(area, area.code), districtCard(area, view));
  });
}

function districtCard(area, { overview, district }) {
  const row = overview()?.by_district?.find((one) => one.code === area.code);
  const code = encodeURIComponent(area.code);
  const cases = `/cases?state=open&district=${code}`;
  return h(
    "ul", {}, row && h("li", {}, t("centre.district_open", { open: count(row.open), overdue: count(row.overdue) })),
    h("li", {}, h("a", { href: cases }, t("centre.district_cases"))),
    row?.overdue > 0 && h("li", {}, h("a", { href: `${cases}&overdue=true&sort=due` }, t("centre.district_late"))),
    district !== area.code && h("li", {}, h("a", { href: `/centre?district=${code}` }, t("centre.district_only"))));
}
