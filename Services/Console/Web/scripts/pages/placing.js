// Saying where a report is: the map under a pin, coordinates for those who have them, or only the division; what lies there is the
// server's word.

import { commandKey, get, post, query } from "../core/api.js";
import { divisionList, divisionName, divisions } from "../core/directory.js";
import { h, put } from "../core/h.js";
import { nameOf, pick, sentence, t } from "../core/i18n.js";
import { checkAll, dialog, toast } from "../parts/dialog.js";
import { field } from "../parts/field.js";
import { icon } from "../parts/icon.js";
import { placeMap } from "../parts/placemap.js";

const REST_MS = 250;
const ADDRESS_LIMIT = 200;
const COORDINATES = /^\s*(-?\d{1,3}(?:\.\d+)?)\s*[,，;\s]\s*(-?\d{1,2}(?:\.\d+)?)\s*$/;

/** Opens the dialog for `report`; `done()` is called when it has been placed. */
export function placeReport(report, done) {
  const life = new AbortController();
  const view = { report, done, key: commandKey(), signal: life.signal, point: null, found: null, asked: 0, map: null, timer: 0 };
  view.holder = h("div", { class: "placing-map" });
  view.told = h("p", { class: "placing-told", role: "status" });
  view.message = h("div", { class: "form-error", role: "alert", hidden: true });
  view.button = h("button", { type: "submit", class: "button primary" }, t("case.place"));
  makeFields(view);
  const form = h(
    "form", { class: "placing", novalidate: true, onsubmit: (event) => submit(event, view) },
    h("div", { class: "placing-left" }, view.holder, h("p", { class: "field-hint" }, t("place.map_hint"))),
    h(
      "div", { class: "form" }, about(report), view.fields.map((one) => one.element), view.told, view.message,
      h(
        "div", { class: "form-foot" },
        h("button", { type: "button", class: "button", onclick: () => view.shown.close() }, t("action.cancel")), view.button)));
  view.shown = dialog(t(report.unplaced ? "place.title" : "case.move"), form, { wide: true, onClose: () => life.abort() });
  tell(view);
  startMap(view);
}

/** What is known of the place: the reporter's words, and why that was not enough. */
function about(report) {
  const why = pick(report.unplaced_reason, report.unplaced_reason_en);
  const fact = (name, value) => value && [h("dt", {}, name), h("dd", {}, value)];
  return h(
    "dl", { class: "facts" }, fact(t("place.said"), report.text), fact(t("case.address"), report.address || t("place.no_address")),
    fact(t("place.why"), why));
}

function makeFields(view) {
  const any = { value: "", label: t("cases.any") };
  view.address = field("address", t("case.address"), {
    value: view.report.address ?? "", limit: ADDRESS_LIMIT, hint: t("place.address_hint"),
  });
  view.coordinates = field("coordinates", t("place.coordinates"), {
    hint: t("place.coordinates_hint"), limit: 60, autocomplete: "off",
    test: (text) => (!text || COORDINATES.test(text) ? null : t("place.coordinates_form")),
  });
  view.district = field("district", t("cases.district"), { choices: [any] });
  view.street = field("street", t("cases.street"), { choices: [any] });
  view.fields = [view.address, view.coordinates, view.district, view.street];
  view.coordinates.control.addEventListener("change", () => typed(view));
  view.district.control.addEventListener("change", () => fillStreets(view));
  Promise.all([divisionList("district"), divisionList("street").catch(() => [])]).then(([districts, streets]) => {
    view.streets = streets;
    fill(view.district, districts.map((one) => [one.code, divisionName(one, one.code)]));
    fillStreets(view);
  }, () => null);
}

function fill(select, pairs, chosen = select.control.value) {
  put(select.control, [["", t("cases.any")], ...pairs].map(([value, label]) => h("option", { value }, label)));
  select.control.value = pairs.some(([value]) => value === chosen) ? chosen : "";
}

/** The streets of the chosen district; all of them where the source does not say whose they are. */
function fillStreets(view, chosen) {
  const district = view.district.value();
  const all = view.streets ?? [];
  const own = all.filter((one) => one.parent === district);
  fill(view.street, (own.length ? own : all).map((one) => [one.code, nameOf(one) || one.code]), chosen);
  tell(view);
}

function typed(view) {
  const found = COORDINATES.exec(view.coordinates.value());
  if (!view.coordinates.check() || !found) return;
  const point = { lon: Number(found[1]), lat: Number(found[2]) };
  if (view.map) view.map.go(point);
  moved(view, point);
}

/** A new place under the pin: the server is asked what lies there, once the hand rests. */
function moved(view, point) {
  view.point = point;
  view.found = null;
  view.coordinates.control.value = point ? `${point.lon}, ${point.lat}` : "";
  view.coordinates.tell(null);
  view.message.hidden = true;
  [view.district, view.street].forEach((one) => (one.control.disabled = Boolean(point)));
  tell(view);
  clearTimeout(view.timer);
  if (point) view.timer = setTimeout(() => lookUp(view), REST_MS);
}

async function lookUp(view) {
  view.asked += 1;
  const mine = view.asked;
  try {
    const found = await get(`/api/locate${query(view.point)}`, { signal: view.signal });
    if (mine !== view.asked) return;
    view.found = found;
    const code = (tier) => found.divisions.find((one) => one.tier === tier)?.code ?? "";
    view.district.control.value = code("district");
    fillStreets(view, code("street"));
  } catch (error) {
    if (mine !== view.asked || view.signal.aborted) return;
    view.found = { failure: sentence(error) };
    tell(view);
  }
}

/** Where it would be, or what is still missing. */
function tell(view) {
  const { point, found } = view;
  const bad = Boolean(point && found && !found.divisions?.length);
  const clear = h("button", { type: "button", class: "button quiet small", onclick: () => clearPoint(view) }, t("where.clear"));
  view.told.classList.toggle("bad", bad);
  put(view.told, icon(bad ? "warning" : point ? "check" : "pin"), h("span", {}, tellText(view, bad)), point && clear);
}

function tellText({ point, found, district }, bad) {
  if (!point) return t(district.value() ? "place.by_division" : "place.nothing");
  if (!found) return t("place.looking");
  if (found.failure) return found.failure;
  if (bad) return t("place.outside", { why: pick(found.unplaced_reason, found.unplaced_reason_en) });
  const names = found.divisions.map((one) => (one.tier === "district" ? divisionName(one, one.code) : one.name));
  return t("place.lies_in", { place: names.join(" · ") });
}

function clearPoint(view) {
  view.map?.clear();
  moved(view, null);
  view.map?.focus();
}

async function startMap(view) {
  try {
    const [districts, streets] = await Promise.all([divisions("district"), divisions("street").catch(() => null)]);
    if (view.signal.aborted) return;
    const { point } = view.report;
    view.map = await placeMap(view.holder, { districts, streets }, {
      point, moved: (point) => moved(view, point), fail: () => null, signal: view.signal, own: false,
    });
    view.map.focus();
    if (point) moved(view, point);
  } catch (error) {
    if (view.signal.aborted) return;
    put(view.holder, h("p", { class: "empty-hint placing-none" }, t("place.no_map")));
    if (!error?.words && !error?.mapless) console.error(error);
  }
}

async function submit(event, view) {
  event.preventDefault();
  if (!checkAll(view.fields)) return;
  const { point } = view;
  const division = point ? {} : { district: view.district.value(), street: view.street.value() };
  if (!point && !division.district) return complain(view, t("place.missing"));
  if (point && !view.found?.divisions?.length) return complain(view, t("place.wait"));
  view.button.disabled = true;
  view.message.hidden = true;
  try {
    const body = { key: view.key, address: view.address.value(), ...(point ? { point } : division) };
    await post(`/api/reports/${encodeURIComponent(view.report.id)}/actions/place`, body);
    view.shown.close();
    toast(t("place.done"));
    view.done();
  } catch (error) {
    complain(view, sentence(error));
  }
  view.button.disabled = false;
}

function complain(view, text) {
  view.message.hidden = false;
  put(view.message, icon("warning"), h("span", {}, text));
}
