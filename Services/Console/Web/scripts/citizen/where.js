// Step two: the place, in words or on the map.

import { divisions } from "../core/directory.js";
import { h, put } from "../core/h.js";
import { t } from "../core/i18n.js";
import { field } from "../parts/field.js";
import { icon } from "../parts/icon.js";
import { placeName, placeOf } from "../parts/area.js";
import { change } from "./draft.js";
import { placeMap } from "../parts/placemap.js";

const ADDRESS_LIMIT = 200;

export function where({ draft, next, back, signal }) {
  const address = field("address", t("where.address"), {
    value: draft.address, limit: ADDRESS_LIMIT, hint: t("where.address_hint"), unmarked: true, autocomplete: "off", enterkeyhint: "next",
  });
  address.control.addEventListener("input", () => change({ address: address.value() }));
  const told = h("div", { class: "place-told", role: "status" });
  const message = h("div", { class: "form-error", role: "alert", hidden: true });
  const holder = h("div", { class: "place-holder" });
  const hint = h("p", { class: "field-hint" }, t("where.map_hint"));
  let map = null;
  let areas = { districts: null, streets: null };

  function moved(point, zoom) {
    change({ point, zoom, place: point && placeOf(areas, point) });
    message.hidden = true;
    address.tell(null);
    tell(zoom);
  }

  function tell(zoom) {
    if (!draft.point) return put(told, icon("pin", { size: 18 }), h("span", {}, t("where.pin_none")));
    const outside = areas.districts && !draft.place;
    const marked = draft.place ? t("where.pin_in", { place: placeName(draft.place) }) : t("where.pin_set");
    const words = outside ? t("where.pin_outside") : marked;
    const clear = h("button", { type: "button", class: "button quiet", onclick: forget }, t("where.clear"));
    told.classList.toggle("bad", Boolean(outside));
    return put(
      told, icon(outside ? "warning" : "check", { size: 18 }),
      h("span", {}, words, !outside && zoom < 13 && h("span", { class: "muted" }, " · ", t("where.closer"))), clear);
  }

  function forget() {
    told.classList.remove("bad");
    map?.clear();
    moved(null, null);
    address.focus();
  }

  function fail(text) {
    message.hidden = false;
    put(message, icon("warning"), h("span", {}, text));
  }

  async function showMap() {
    try {
      const [districts, streets] = await Promise.all([divisions("district"), divisions("street").catch(() => null)]);
      if (signal.aborted) return;
      areas = { districts, streets };
      map = await placeMap(holder, areas, { point: draft.point, zoom: draft.zoom, moved, fail, signal });
      tell(draft.zoom);
    } catch (error) {
      if (signal.aborted) return;
      holder.hidden = true;
      hint.hidden = true;
      put(told, icon("info", { size: 18 }), h("span", {}, t("where.no_map")));
      if (!error.words && !error.mapless) console.error(error);
    }
  }

  function submit(event) {
    event.preventDefault();
    if (!draft.point && !address.value()) {
      address.tell(t("where.missing"));
      return address.focus();
    }
    if (draft.point && areas.districts && !draft.place) return fail(t("where.pin_outside"));
    return next();
  }

  showMap();
  return h(
    "form", { class: "report-form", novalidate: true, onsubmit: submit }, h("h1", { tabindex: -1 }, t("where.title")),
    h("p", { class: "lead" }, t("where.lead")), address.element,
    h("div", { class: "place" }, holder, told, hint), message,
    h("div", { class: "report-foot" }, back, h("button", { type: "submit", class: "button primary large" }, t("citizen.next"))));
}
