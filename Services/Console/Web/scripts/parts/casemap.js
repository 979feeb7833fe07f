// Cases on the map: vector tiles, clusters at low zoom, single cases by state and urgency; alarms above them.

import { query } from "../core/api.js";
import { h, put } from "../core/h.js";
import { t } from "../core/i18n.js";
import { stateBadge } from "./badge.js";
import { icon } from "./icon.js";
import { OPEN_STATES, STATES, token } from "./tone.js";

const CLUSTER_STEP = 2;
const LIST_LIMIT = 20;

/** Adds the cases that `filters` leave; answers what one can do with them. */
export function addCases(map, filters, { onCases }) {
  const tiles = [`${location.origin}/api/tiles/cases/{z}/{x}/{y}.mvt${query(filters)}`];
  map.addSource("cases", { type: "vector", tiles, minzoom: 0, maxzoom: 16 });
  const layer = (id, type, more) => map.addLayer({ id, type, source: "cases", "source-layer": "cases", ...more });
  const isCluster = ["has", "count"];
  const share = ["/", ["coalesce", ["get", "overdue"], 0], ["get", "count"]];
  // The ring has the colour that overdue cases have everywhere, the thicker the more of them there are.
  layer("clusters", "circle", {
    filter: isCluster,
    layout: { "circle-sort-key": ["get", "count"] },
    paint: {
      "circle-radius": ["interpolate", ["linear"], ["sqrt", ["get", "count"]], 1, 7, 4, 10, 10, 13, 30, 20, 150, 32],
      "circle-color": token("--map-cluster"), "circle-opacity": .92,
      "circle-stroke-color": ["case", [">", share, 0], token("--red"), token("--surface")],
      "circle-stroke-width": ["case", [">", share, .25], 3, [">", share, 0], 1.75, 1.25],
    },
  });
  // Where circles overlap, the larger one lies on top and keeps its number.
  layer("counts", "symbol", {
    filter: isCluster,
    layout: {
      "icon-image": ["concat", "count:", shortCount(["get", "count"])], "symbol-sort-key": ["-", 0, ["get", "count"]],
      "icon-allow-overlap": false, "icon-padding": 0,
    },
  });
  const isUrgent = ["to-boolean", ["get", "urgent"]];
  const isOverdue = ["to-boolean", ["get", "overdue"]];
  const larger = (size) => ["case", isUrgent, size + 2, size];
  layer("points", "circle", {
    filter: ["!", isCluster],
    layout: { "circle-sort-key": ["+", ["case", isUrgent, 2, 0], ["case", isOverdue, 1, 0]] },
    paint: {
      "circle-radius": ["interpolate", ["linear"], ["zoom"], 9, larger(3.5), 13, larger(5), 16, larger(8)],
      "circle-color": stateColours(),
      "circle-stroke-color": ["case", isOverdue, token("--red"), isUrgent, token("--orange"), token("--surface")],
      "circle-stroke-width": ["case", ["any", isOverdue, isUrgent], 2, 1],
    },
  });
  clickable(map, ["points"], (features) => onCases(uniqueCases(features)));
  clickable(map, ["clusters"], ([cluster]) => {
    map.easeTo({ center: cluster.geometry.coordinates, zoom: Math.min(17, map.getZoom() + CLUSTER_STEP) });
  });
  return {
    /** Asks again for the shown tiles that hold one of the points, without points for all; the old ones stay until the new are there. */
    refresh: (points) => expire(map, "cases", points),
  };
}

/** MapLibre 5.3 has no public call for this: `setTiles` only parses again what it has. Tiles that are kept unseen are forgotten. */
function expire(map, name, points) {
  const cache = map.style?.sourceCaches?.[name];
  cache?._cache.reset();
  for (const [id, { tileID }] of Object.entries(cache?._tiles ?? {})) {
    if (!points || points.some((point) => holds(tileID.canonical, point))) cache._reloadTile(id, "expired");
  }
}

/** Whether a tile of the Web Mercator scheme holds the point. */
function holds({ z, x, y }, { lon, lat }) {
  const side = 2 ** z;
  const latitude = (lat * Math.PI) / 180;
  const down = (1 - Math.asinh(Math.tan(latitude)) / Math.PI) / 2;
  return Math.floor(((lon + 180) / 360) * side) === x && Math.floor(down * side) === y;
}

function shortCount(value) {
  const thousands = ["to-string", ["/", ["round", ["/", value, 100]], 10]];
  return ["case", ["<", value, 1000], ["to-string", value], ["concat", thousands, "k"]];
}

function stateColours() {
  const pairs = STATES.flatMap((state) => [state, token(`--s-${state}`)]);
  return ["match", ["get", "state"], ...pairs, token("--s-cancelled")];
}

function uniqueCases(features) {
  const all = new Map(features.map((feature) => [feature.properties.number, feature.properties]));
  return [...all.values()].slice(0, LIST_LIMIT);
}

/** Alarms as marks; the worst lies on top. */
export function addAlarms(map, alarms, onAlarm) {
  const data = alarmPoints(alarms);
  if (map.getSource("alarms")) return map.getSource("alarms").setData(data);
  map.addSource("alarms", { type: "geojson", data });
  map.addLayer({
    id: "alarms", type: "symbol", source: "alarms",
    layout: {
      "icon-image": ["concat", "alarm:", ["get", "severity"]], "icon-allow-overlap": true, "icon-ignore-placement": true,
      "symbol-sort-key": ["get", "rank"],
    },
  });
  clickable(map, ["alarms"], ([alarm]) => onAlarm(alarm.properties));
}

function alarmPoints(alarms) {
  const rank = { blue: 0, yellow: 1, orange: 2, red: 3 };
  return {
    type: "FeatureCollection",
    features: alarms.filter((alarm) => alarm.point).map((alarm) => ({
      type: "Feature", geometry: { type: "Point", coordinates: [alarm.point.lon, alarm.point.lat] },
      properties: { id: alarm.id, sensor: alarm.sensor, severity: alarm.severity, rank: rank[alarm.severity] ?? 0 },
    })),
  };
}

/** Clicks and the pointer over layers. */
export function clickable(map, layers, action) {
  for (const id of layers) {
    map.on("click", id, (event) => {
      event.taken = true;
      event.originalEvent.taken = true;
      action(event.features, event);
    });
    map.on("mouseenter", id, () => (map.getCanvas().style.cursor = "pointer"));
    map.on("mouseleave", id, () => (map.getCanvas().style.cursor = ""));
  }
}

/** A card on the map with what was clicked; Esc or the cross closes it. */
export function mapCard(container) {
  let card = null;
  const close = () => {
    card?.remove();
    card = null;
  };
  return {
    close,
    show(title, ...content) {
      close();
      card = h(
        "div", { class: "map-card", role: "dialog", "aria-label": title, onkeydown: (event) => event.key === "Escape" && close() },
        h(
          "div", { class: "map-card-head" }, h("span", {}, title),
          h("button", { type: "button", class: "icon-button", "aria-label": t("action.close"), onclick: close },
            icon("close", { size: 14 }))),
        content);
      container.append(card);
    },
  };
}

const mark = (look, text) =>
  h("span", { class: "legend-item" }, h("span", { class: `legend-${look}`, "aria-hidden": "true" }), text);

export function legend() {
  const element = h("div", { class: "legend" });
  put(
    element, OPEN_STATES.map((state) => stateBadge(state)), mark("ring", t("flag.overdue")), mark("ring legend-urgent", t("flag.urgent")),
    mark("cluster", t("map.cluster")), mark("alarm", t("map.alarm")));
  return element;
}
