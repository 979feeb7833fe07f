// The map: our own style, our own tiles, nothing from elsewhere. Texts on it are images drawn here, since there are no glyph files.

import { h } from "../core/h.js";
import { divisionName } from "../core/directory.js";
import { t } from "../core/i18n.js";
import { vendor } from "../core/vendor.js";
import { icon } from "./icon.js";
import { token } from "./tone.js";

/** Pixels at the edges for the buttons and the legend. */
const ROOM = { top: 20, right: 56, bottom: 52, left: 20 };
let loaded = null;

/** The map library, fetched when the first map is shown. */
function library() {
  loaded ??= new Promise((resolve, reject) => {
    document.head.append(h("link", { rel: "stylesheet", href: vendor("maplibre-gl.css") }));
    document.head.append(h("script", { src: vendor("maplibre-gl.js"), onload: () => resolve(window.maplibregl), onerror: reject }));
  });
  loaded.catch(() => (loaded = null));
  return loaded;
}

/** Shows a map in `container`; answers the library's map once its style is there. It is taken down when the signal is aborted. */
export async function showMap(container, { label, bounds, signal, buttons = true, still = false }) {
  const maplibre = await library();
  const canvas = h("div", { class: "map-canvas" });
  container.prepend(canvas);
  const map = new maplibre.Map({
    container: canvas, bounds, fitBoundsOptions: { padding: ROOM }, attributionControl: false, dragRotate: false, pitchWithRotate: false,
    touchPitch: false, refreshExpiredTiles: false, transformRequest: asNew, renderWorldCopies: false, fadeDuration: 0, maxZoom: 18,
      minZoom: 3, interactive: !still,
    style: { version: 8, sources: {}, layers: [{ id: "ground", type: "background", paint: { "background-color": token("--map-water") } }] },
    locale: { "Map.Title": label },
  });
  map.touchZoomRotate.disableRotation();
  map.keyboard.disableRotation();
  map.on("error", (event) => quietError(event.error));
  // Whether all that is known has been drawn: for those who take pictures.
  map.on("dataloading", () => container.removeAttribute("data-drawn"));
  map.on("idle", () => container.setAttribute("data-drawn", ""));
  map.on("styleimagemissing", ({ id }) => drawImage(map, id));
  signal?.addEventListener("abort", () => map.remove(), { once: true });
  await new Promise((resolve) => map.once("load", resolve));
  if (buttons && !still) container.append(zoomButtons(map, bounds));
  return map;
}

/** Tiles change with the city: the browser asks whether its copy still holds, and never shows an old one unasked. */
function asNew(url, type) {
  return type === "Tile" ? { url, cache: "no-cache" } : { url };
}

/** A tile that does not come is no reason for an alarm: the panel beside says what is down. */
function quietError(error) {
  if (error?.status || error?.name === "AbortError" || /fetch/i.test(error?.message ?? "")) return;
  console.error(error);
}

function zoomButtons(map, bounds) {
  const button = (name, label, action) =>
    h("button", { type: "button", class: "icon-button", "aria-label": label, title: label, onclick: action }, icon(name));
  return h(
    "div", { class: "map-buttons" }, button("plus", t("action.zoom_in"), () => map.zoomIn()),
    button("minus", t("action.zoom_out"), () => map.zoomOut()),
    bounds && button("centre", t("action.whole_city"), () => map.fitBounds(bounds, { padding: ROOM })));
}

/** West, south, east, north of a collection of areas. */
export function boundsOf(collection) {
  const box = [180, 90, -180, -90];
  const grow = (point) => {
    if (typeof point[0] !== "number") return point.forEach(grow);
    box[0] = Math.min(box[0], point[0]);
    box[1] = Math.min(box[1], point[1]);
    box[2] = Math.max(box[2], point[0]);
    box[3] = Math.max(box[3], point[1]);
  };
  collection.features.forEach((feature) => feature.geometry && grow(feature.geometry.coordinates));
  return box[0] > box[2] ? null : box;
}

/** Areas with borders and names. `finer` is drawn from zoom 11 on. */
export function addDivisions(map, districts, finer) {
  map.addSource("districts", { type: "geojson", data: districts, promoteId: "code" });
  map.addLayer({ id: "land", type: "fill", source: "districts", paint: { "fill-color": token("--map-land") } });
  const chosen = ["case", ["boolean", ["feature-state", "chosen"], false], .14, ["boolean", ["feature-state", "hover"], false], .07, 0];
  map.addLayer({ id: "chosen", type: "fill", source: "districts", paint: { "fill-color": token("--accent"), "fill-opacity": chosen } });
  if (finer) {
    map.addSource("streets", { type: "geojson", data: finer });
    map.addLayer({
      id: "street-lines", type: "line", source: "streets", minzoom: 11,
      paint: { "line-color": token("--map-line"), "line-width": .6, "line-opacity": .6, "line-dasharray": [3, 2] },
    });
  }
  map.addLayer({
    id: "lines", type: "line", source: "districts",
    paint: { "line-color": token("--map-line"), "line-width": ["interpolate", ["linear"], ["zoom"], 8, .8, 13, 2] },
  });
  map.addSource("names", { type: "geojson", data: namePoints(districts, "name") });
  if (finer) map.addSource("street-names", { type: "geojson", data: namePoints(finer, "street") });
}

/** Names lie under what happens in the city: they are added before cases and alarms, and give way to them. */
export function addNames(map) {
  const names = (id, source, zooms) => map.addLayer({
    id, type: "symbol", source, ...zooms, layout: { "icon-image": ["get", "image"], "icon-allow-overlap": false, "icon-padding": 4 },
  });
  if (map.getSource("street-names")) names("street-names", "street-names", { minzoom: 12 });
  names("names", "names", { maxzoom: 14 });
}

function namePoints(collection, style) {
  const features = collection.features.filter((feature) => feature.geometry).map(({ properties, geometry }) => ({
    type: "Feature", geometry: { type: "Point", coordinates: centreOf(geometry) },
    properties: { code: properties.code, image: `${style}:${divisionName(properties, properties.code)}` },
  }));
  return { type: "FeatureCollection", features };
}

/** The centroid of the largest ring. */
function centreOf(geometry) {
  const polygons = geometry.type === "MultiPolygon" ? geometry.coordinates : [geometry.coordinates];
  let best = { area: 0, point: polygons[0][0][0] };
  for (const [ring] of polygons) {
    let [area, x, y] = [0, 0, 0];
    for (let at = 0; at < ring.length - 1; at += 1) {
      const [[ax, ay], [bx, by]] = [ring[at], ring[at + 1]];
      const cross = ax * by - bx * ay;
      area += cross;
      x += (ax + bx) * cross;
      y += (ay + by) * cross;
    }
    if (area && Math.abs(area) > best.area) best = { area: Math.abs(area), point: [x / (3 * area), y / (3 * area)] };
  }
  return best.point;
}

/** Images by name: `name:…`, `street:…`, `count:…`, `alarm:<severity>`, `pin`. */
function drawImage(map, id) {
  if (map.hasImage(id)) return;
  const [kind, ...rest] = id.split(":");
  const text = rest.join(":");
  const draw = { name: nameImage, street: nameImage, count: countImage, alarm: alarmImage, sensor: sensorImage, pin: pinImage }[kind];
  if (!draw) return;
  const canvas = document.createElement("canvas");
  draw(canvas, text, kind);
  const ratio = canvas.ratio;
  map.addImage(id, canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height), { pixelRatio: ratio });
}

function surface(canvas, width, height) {
  canvas.ratio = 2;
  canvas.width = Math.ceil(width * 2);
  canvas.height = Math.ceil(height * 2);
  const pen = canvas.getContext("2d");
  pen.scale(2, 2);
  pen.textAlign = "center";
  pen.textBaseline = "middle";
  return pen;
}

const rem = () => parseFloat(getComputedStyle(document.documentElement).fontSize) / 16;

function textImage(canvas, text, size, weight, colour, halo) {
  const font = `${weight} ${size * rem()}px ${token("--font")}`;
  const measure = canvas.getContext("2d");
  measure.font = font;
  // Without a halo it stands in a circle: only the letters keep others away.
  const width = measure.measureText(text).width + (halo ? 8 : 1);
  const height = size * rem() * (halo ? 1.6 : 1.1);
  const pen = surface(canvas, width, height);
  pen.font = font;
  pen.lineJoin = "round";
  pen.lineWidth = 3;
  pen.strokeStyle = halo;
  if (halo) pen.strokeText(text, width / 2, height / 2);
  pen.fillStyle = colour;
  pen.fillText(text, width / 2, height / 2);
}

function nameImage(canvas, text, kind) {
  textImage(canvas, text, kind === "name" ? 12 : 11, kind === "name" ? 600 : 400, token("--ink-2"), token("--map-land"));
}

function countImage(canvas, text) {
  textImage(canvas, text, 11, 600, token("--map-count"), null);
}

function alarmImage(canvas, severity) {
  const pen = surface(canvas, 24, 24);
  pen.translate(12, 12);
  pen.rotate(Math.PI / 4);
  pen.fillStyle = token(`--${severity}`);
  pen.strokeStyle = token("--surface");
  pen.lineWidth = 2;
  pen.fillRect(-6.5, -6.5, 13, 13);
  pen.strokeRect(-7, -7, 14, 14);
  pen.rotate(-Math.PI / 4);
  pen.fillStyle = token("--surface");
  pen.fillRect(-1, -5, 2, 6);
  pen.fillRect(-1, 2.5, 2, 2);
}

function sensorImage(canvas) {
  const pen = surface(canvas, 14, 14);
  pen.fillStyle = token("--surface");
  pen.strokeStyle = token("--accent");
  pen.lineWidth = 2;
  pen.fillRect(2, 2, 10, 10);
  pen.strokeRect(2, 2, 10, 10);
}

function pinImage(canvas) {
  const pen = surface(canvas, 28, 36);
  pen.fillStyle = token("--accent");
  pen.strokeStyle = "#fff";
  pen.lineWidth = 2;
  pen.beginPath();
  pen.moveTo(14, 34);
  pen.bezierCurveTo(8, 25, 3, 20, 3, 13);
  pen.arc(14, 13, 11, Math.PI, 0);
  pen.bezierCurveTo(25, 20, 20, 25, 14, 34);
  pen.fill();
  pen.stroke();
  pen.fillStyle = "#fff";
  pen.beginPath();
  pen.arc(14, 13, 4, 0, 7);
  pen.fill();
}

/** One marked point, for a case's page. */
export function addPin(map, { lon, lat }) {
  map.addSource("pin", { type: "geojson", data: { type: "Point", coordinates: [lon, lat] } });
  map.addLayer({
    id: "pin", type: "symbol", source: "pin", layout: { "icon-image": "pin", "icon-anchor": "bottom", "icon-allow-overlap": true },
  });
}
