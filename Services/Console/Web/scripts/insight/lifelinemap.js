// Assets and sensors on the map, alarms above them.

import { divisions } from "../core/directory.js";
import { h, put } from "../core/h.js";
import { t } from "../core/i18n.js";
import { navigate } from "../core/router.js";
import { word } from "../parts/badge.js";
import { addAlarms, clickable, mapCard } from "../parts/casemap.js";
import { addDivisions, addNames, boundsOf, showMap } from "../parts/map.js";
import { failed } from "../parts/states.js";
import { token } from "../parts/tone.js";
import { sensorHref } from "./alarmrow.js";
import { sensorRow } from "./sensorlist.js";

/** Shows the map in `container`; answers `{draw(data)}`, which can be called before the map is there. */
export function lifelineMap(container, signal) {
  let map = null;
  let latest = null;
  let fitted = false;
  const missing = h("span", { class: "legend-item" });
  const draw = (data) => {
    latest = data;
    if (!map) return;
    drawAll(map, data);
    const number = [...data.assets, ...data.sensors].filter(({ point }) => !point).length;
    put(missing, number > 0 && t("lifeline.no_place", { n: number }));
    if (!fitted) fit(map, data);
    fitted = true;
  };
  start().catch((error) => {
    if (signal.aborted) return;
    put(container, failed(error?.words ? error : { words: { zh: t("error.map"), en: t("error.map") } }));
  });

  async function start() {
    const districts = await divisions("district");
    const shown = await showMap(container, { label: t("lifeline.map"), bounds: boundsOf(districts), signal });
    if (signal.aborted) return;
    addDivisions(shown, districts);
    addThings(shown);
    addNames(shown);
    const card = mapCard(container);
    clickable(shown, ["assets"], ([found], event) => {
      // A sensor or an alarm on top of its asset is what was meant.
      if (shown.queryRenderedFeatures(event.point, { layers: ["sensors", ...(shown.getLayer("alarms") ? ["alarms"] : [])] }).length) return;
      showAsset(card, latest, found.properties.code);
    });
    clickable(shown, ["sensors"], ([found]) => navigate(sensorHref(found.properties.code)));
    container.append(legend(missing));
    map = shown;
    if (latest) draw(latest);
    container.dataset.ready = "true";
  }
  return { draw };
}

function addThings(map) {
  const nothing = { type: "FeatureCollection", features: [] };
  map.addSource("assets", { type: "geojson", data: nothing });
  map.addSource("sensors", { type: "geojson", data: nothing });
  map.addLayer({
    id: "assets", type: "circle", source: "assets", paint: {
      "circle-radius": ["interpolate", ["linear"], ["zoom"], 8, 6, 14, 13], "circle-color": token("--accent"), "circle-opacity": .16,
      "circle-stroke-color": token("--accent"), "circle-stroke-width": 1.5,
    },
  });
  map.addLayer({
    id: "sensors", type: "symbol", source: "sensors", minzoom: 9.5,
    layout: { "icon-image": "sensor:", "icon-allow-overlap": true, "icon-size": ["interpolate", ["linear"], ["zoom"], 9, .7, 14, 1] },
  });
  map.addLayer({
    id: "asset-names", type: "symbol", source: "assets", minzoom: 11,
    layout: { "icon-image": ["get", "image"], "icon-offset": [0, 18], "icon-padding": 4 },
  });
}

function drawAll(map, { assets, sensors, alarms }) {
  map.getSource("assets").setData(points(assets, (asset) => ({ code: asset.code, image: `street:${asset.name}` })));
  map.getSource("sensors").setData(points(sensors, (sensor) => ({ code: sensor.code })));
  addAlarms(map, alarms, (alarm) => navigate(sensorHref(alarm.sensor)));
}

/** Assets beyond the city's border are brought into sight, once. */
function fit(map, { assets, sensors }) {
  const outside = [...assets, ...sensors].filter(({ point }) => point && !map.getBounds().contains([point.lon, point.lat]));
  if (!outside.length) return;
  const bounds = map.getBounds();
  outside.forEach(({ point }) => bounds.extend([point.lon, point.lat]));
  map.fitBounds(bounds, { padding: 24, animate: false });
}

function points(things, properties) {
  return {
    type: "FeatureCollection",
    features: things.filter((thing) => thing.point).map((thing) => ({
      type: "Feature", geometry: { type: "Point", coordinates: [thing.point.lon, thing.point.lat] }, properties: properties(thing),
    })),
  };
}

function showAsset(card, data, code) {
  const asset = data?.assets.find((one) => one.code === code);
  if (!asset) return;
  const sensors = data.sensors.filter((sensor) => sensor.asset === code);
  card.show(asset.name, h("p", { class: "muted" }, word("kind", asset.kind)),
    h("ul", {}, sensors.map((sensor) => h("li", {}, sensorRow(sensor)))));
}

function legend(missing) {
  const item = (name) => h("span", { class: "legend-item" }, h("span", { class: `legend-${name}`, "aria-hidden": "true" }),
    t(`lifeline.legend_${name}`));
  return h("div", { class: "legend" }, item("asset"), item("sensor"), item("alarm"), missing);
}
