// Step four: all of it once more, then sent. Sending again with the same key is harmless.

import { h, put } from "../core/h.js";
import { nameOf, sentence, t } from "../core/i18n.js";
import { icon } from "../parts/icon.js";
import { placeName } from "../parts/area.js";
import { finish } from "./draft.js";
import { send } from "./session.js";

export function review({ draft, back, done }) {
  const message = h("div", { class: "form-error", role: "alert", hidden: true });
  const button = h("button", { type: "submit", class: "button primary large" }, t("review.send"));

  async function submit(event) {
    event.preventDefault();
    button.disabled = true;
    put(button, t("review.sending"));
    message.hidden = true;
    try {
      const { kind, address, text } = draft;
      finish({ ...await send("/api/public/reports", bodyOf(draft)), told: { kind, address, text } });
      return done();
    } catch (error) {
      message.hidden = false;
      put(message, icon("warning", { size: 18 }), h("span", {}, sentence(error), " ", mayPass(error) && t("review.kept")));
    }
    button.disabled = false;
    return put(button, t("review.send"));
  }

  const place = [draft.address, draft.point && (draft.place ? t("review.on_map", { place: placeName(draft.place) }) : t("where.pin_set"))];
  const contact = [draft.name, draft.phone].filter(Boolean).join(" · ");
  return h(
    "form", { class: "report-form", novalidate: true, onsubmit: submit }, h("h1", { tabindex: -1 }, t("review.title")),
    h(
      "dl", { class: "review" }, part("what", nameOf(draft.kind)), part("where", place.filter(Boolean).map((line) => h("span", {}, line))),
      part("text", draft.text, "words"), part("contact", contact || h("span", { class: "muted" }, t("review.no_contact")), "words")),
    message, h("div", { class: "report-foot" }, back, button));
}

/** What may be gone the next time: no network, too many at once, a service that is down. */
const mayPass = ({ status }) => status === 0 || status === 429 || status >= 500;

function part(name, value, step = name) {
  return h(
    "div", { class: "review-part" }, h("dt", {}, t(`review.${name}`)), h("dd", {}, value),
    h("dd", { class: "review-change" }, h(
      "a", { class: "button quiet", href: `#${step}` }, t("citizen.change"), h("span", { class: "hidden" }, ` ${t(`review.${name}`)}`))));
}

function bodyOf({ key, kind, point, address, text, name, phone }) {
  const body = { key, kind: kind.code, text, address };
  if (point) body.point = point;
  if (name || phone) body.contact = { name, phone };
  return body;
}
