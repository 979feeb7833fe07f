// The map that is moved under a pin: the same for finger, mouse and keyboard.

import { h, put, svg } from "../core/h.js";
import { t } from "../core/i18n.js";
import { icon } from "./icon.js";
import { addDivisions, addNames, boundsOf, showMap } from "./map.js";
import { areaAt } from "./area.js";

const NEAR_ZOOM = 14;
const STEP_IN = 2;
const MAX_ZOOM = 17;
const POSITION = { enableHighAccuracy: true, timeout: 10_000, maximumAge: 60_000 };

/**
 * Shows the map in `holder`. `moved(point, zoom)` tells each place that a person brings under the pin; `fail(text)` what went wrong.
 * `own` false: without the button for the own position. Throws when the map cannot be shown.
 */
export async function placeMap(holder, { districts, streets }, { point, zoom, moved, fail, signal, own = true }) {
  const bounds = boundsOf(districts);
  if (!bounds) throw Object.assign(new Error("no areas"), { mapless: true });
  const frame = h("div", { class: "map place-map" });
  put(holder, frame);
  const map = await showMap(frame, { label: t("where.map"), bounds, signal, buttons: false });
  addDivisions(map, districts, streets);
  addNames(map);
  map.addControl(new window.maplibregl.ScaleControl({ maxWidth: 80 }), "bottom-left");
  map.doubleClickZoom.disable();
  map.scrollZoom.enable({ around: "center" });
  map.touchZoomRotate.enable({ around: "center" });
  const pin = pinMark();
  frame.append(pin, zoomButtons(map), ...(own ? [mine(here, fail)] : []));
  if (point) {
    map.jumpTo({ center: [point.lon, point.lat], zoom: zoom ?? NEAR_ZOOM });
    pin.hidden = false;
  }

  const settle = () => {
    const { lng, lat } = map.getCenter();
    pin.hidden = false;
    moved({ lon: round(lng), lat: round(lat) }, map.getZoom());
  };
  map.on("moveend", (event) => {
    if (event.originalEvent || event.ours) settle();
    else if (!pin.hidden) moved({ lon: round(map.getCenter().lng), lat: round(map.getCenter().lat) }, map.getZoom());
  });
  map.on("movestart", (event) => event.originalEvent && (pin.hidden = false));
  map.on("click", ({ lngLat }) => map.easeTo(
    { center: lngLat, zoom: Math.min(MAX_ZOOM, Math.max(map.getZoom(), Math.min(NEAR_ZOOM, map.getZoom() + STEP_IN))) }, { ours: true }));
  frame.dataset.ready = "";

  function here(position) {
    const { longitude, latitude } = position.coords;
    if (!areaAt(districts, { lon: longitude, lat: latitude })) return fail(t("where.not_in_city"));
    return map.easeTo({ center: [longitude, latitude], zoom: NEAR_ZOOM }, { ours: true });
  }

  return {
    clear() {
      pin.hidden = true;
      map.fitBounds(bounds, { padding: 24 });
    },
    /** Brings a known point under the pin. */
    go: (to) => map.easeTo({ center: [to.lon, to.lat], zoom: Math.max(map.getZoom(), NEAR_ZOOM) }, { ours: true }),
    /** The keyboard moves the map from here on. */
    focus: () => map.getCanvas().focus(),
  };
}

function zoomButtons(map) {
  const button = (name, label, action) =>
    h("button", { type: "button", class: "icon-button", "aria-label": label, title: label, onclick: action }, icon(name, { size: 20 }));
  return h(
    "div", { class: "map-buttons" }, button("plus", t("action.zoom_in"), () => map.zoomIn()),
    button("minus", t("action.zoom_out"), () => map.zoomOut()));
}

/** Five decimals are a metre. */
const round = (degrees) => Math.round(degrees * 100_000) / 100_000;

function mine(found, fail) {
  const label = h("span", {}, t("where.mine"));
  const button = h("button", { type: "button", class: "button place-mine", onclick: ask }, icon("locate", { size: 18 }), label);
  const rest = () => {
    button.disabled = false;
    put(label, t("where.mine"));
  };

  function ask() {
    if (!navigator.geolocation) return fail(t("where.unavailable"));
    button.disabled = true;
    put(label, t("where.finding"));
    return navigator.geolocation.getCurrentPosition(
      (position) => {
        rest();
        found(position);
      },
      (error) => {
        rest();
        fail(t(error.code === error.PERMISSION_DENIED ? "where.denied" : "where.unavailable"));
      }, POSITION);
  }
  return button;
}

function pinMark() {
  return h(
    "div", { class: "place-pin", hidden: true, "aria-hidden": "true" },
    svg(
      "svg", { viewBox: "0 0 36 46", width: 36, height: 46 },
      svg("ellipse", { cx: 18, cy: 43, rx: 6, ry: 2.5, fill: "#171c26", opacity: .25 }),
      svg("path", { d: "M18 43S4 28 4 17a14 14 0 0 1 28 0c0 11-14 26-14 26z", fill: "#b42318", stroke: "#fff", "stroke-width": 2 }),
      svg("circle", { cx: 18, cy: 17, r: 5, fill: "#fff" })));
}
