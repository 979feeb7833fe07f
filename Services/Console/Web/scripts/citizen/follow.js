// What has become of a report: where it stands, every milestone in plain words, and the question at the end.

import { get } from "../core/api.js";
import { dateTime } from "../core/format.js";
import { h, put } from "../core/h.js";
import { nameOf, t } from "../core/i18n.js";
import { rewrite } from "../core/router.js";
import { field } from "../parts/field.js";
import { empty, failed, skeleton } from "../parts/states.js";
import { receipt } from "./draft.js";
import { withNumber } from "./number.js";
import { rating } from "./rating.js";
import { isOver, says, stages } from "./stages.js";
import { watch } from "./watch.js";

/** How often, and how long apart, a report that was taken in just now is looked for. */
const REGISTERING_TRIES = 30;
const REGISTERING_MS = 2_000;

export function follow({ params, query, signal, redraw }) {
  const number = params.number ? decodeURIComponent(params.number) : "";
  const token = query.get("token") ?? "";
  const title = t("follow.title");
  if (!number || !token) return { title, node: askForCode(number, redraw) };
  return { title, node: progress(number, token, signal) };
}

function askForCode(number, redraw) {
  const asked = field("number", t("sent.number"), { value: number, required: true, autocomplete: "off", limit: 64 });
  const code = field("code", t("follow.code"), { required: true, hint: t("follow.code_hint"), autocomplete: "off" });
  const submit = (event) => {
    event.preventDefault();
    if (![asked, code].map((one) => one.check()).every(Boolean)) return;
    rewrite(`/follow/${encodeURIComponent(asked.value())}?token=${encodeURIComponent(code.value())}`);
    redraw();
  };
  return h(
    "div", { class: "follow-page" },
    h(
      "form", { class: "panel follow-code", novalidate: true, onsubmit: submit }, h("h1", { tabindex: -1 }, t("follow.code_title")),
      asked.element, code.element, h("div", {}, h("button", { type: "submit", class: "button primary large" }, t("follow.code_open")))));
}

function progress(number, token, signal) {
  const path = `/api/public/reports/${encodeURIComponent(number)}`;
  const secret = `?token=${encodeURIComponent(token)}`;
  const body = h("div", { class: "follow-body" }, skeleton(6));
  const told = h("p", { class: "hidden", role: "status" });
  const live = h("span", { class: "follow-live" });
  const slots = { now: h("section", { class: "panel follow-now" }), question: h("div"), history: h("div") };
  let shown = null;
  let asked = null;
  let watching = null;
  let tries = 0;

  async function load() {
    try {
      const report = await get(path + secret, { signal });
      if (signal.aborted) return;
      const first = shown === null;
      if (!first) tell(report);
      shown = report;
      draw(report);
      if (first) put(body, slots.now, h(
        "div", { class: "follow-columns" }, h("div", { class: "follow-left" }, slots.question, slots.history), about(number)));
      if (first) watching = watch(`${path}/stream${secret}`, { changed: load, state: tellLive, signal });
    } catch (error) {
      if (signal.aborted || shown) return;
      const isNew = error.status === 404 && receipt()?.number === number && tries < REGISTERING_TRIES;
      if (isNew) return void registering();
      put(body, error.status === 404 ? unknown() : failed(error, load));
    }
  }

  /** Just taken in, and not yet known to those who tell its progress: asked for again until it is. */
  function registering() {
    tries += 1;
    put(body, h("div", { class: "panel" }, empty(t("follow.registering"), t("follow.registering_hint"))));
    const timer = setTimeout(load, REGISTERING_MS);
    signal.addEventListener("abort", () => clearTimeout(timer), { once: true });
  }

  function tell(report) {
    const before = shown.milestones.length;
    const news = report.milestones.slice(before).map((milestone) => nameOf(milestone, "text"));
    if (news.length) put(told, t("follow.updated", { text: news.join(" ") }));
  }

  function tellLive(state) {
    live.dataset.state = state;
    put(live, t(state === "live" ? "follow.live" : "follow.polling"));
  }

  function draw(report) {
    put(slots.now, h("p", { class: "follow-says" }, says(report)), stages(report));
    put(slots.history, history(report));
    drawQuestion(questionOf(report));
  }

  /** A question that is being answered stays as it is while the rest is drawn again. */
  function drawQuestion(next) {
    const same = next && asked && asked.answered === next.answered && asked.score === next.score;
    if (same) return;
    asked = next;
    slots.question.hidden = !next;
    put(slots.question, next && rating(next, `${path}/rating`, token, answered));
  }

  /** Dissatisfaction opens the case again a moment later. */
  function answered({ reopened }) {
    if (reopened) watching?.expect();
    return load();
  }

  load();
  return h(
    "div", { class: "follow-page" },
    h(
      "div", { class: "citizen-head" },
      h("div", {}, h("h1", { tabindex: -1 }, t("follow.title")), h("p", { class: "mono muted" }, number)), live),
    told, body);
}

/** The question at the end: open, answered, or not asked yet. */
function questionOf({ can_rate: open, can_reopen: canReopen, score }) {
  if (open) return { answered: false, score: null, can_reopen: canReopen };
  return score ? { answered: true, score } : null;
}

function unknown() {
  return h(
    "div", { class: "panel failed" },
    empty(t("follow.unknown"), t("follow.unknown_hint"), h("a", { class: "button", href: "/report" }, t("citizen.report"))));
}

/** The newest first: that is what one comes for. */
function history({ milestones, number }) {
  const newest = [...milestones].reverse();
  return h(
    "section", { class: "panel" }, h("div", { class: "panel-head" }, h("h2", {}, t("follow.history"))),
    h(
      "div", { class: "panel-body" }, newest.length
        ? h("ol", { class: "timeline" }, newest.map((milestone, at) => step(milestone, number, at === 0))) : empty(t("follow.none"))));
}

function step(milestone, number, isNewest) {
  const full = isNewest ? "full" : "";
  return h(
    "li", { class: "step" }, h("span", { class: `step-mark ${full} ${isOver(milestone.kind) ? "over" : ""}`, "aria-hidden": "true" }),
    h(
      "div", {}, h("p", { class: isNewest ? "step-says newest" : "step-says" }, withNumber(nameOf(milestone, "text"), number)),
      h("time", { class: "step-time", datetime: milestone.at }, dateTime(milestone.at))));
}

/** What was reported is known to the tab that reported it, and to nobody else who has the link. */
function about(number) {
  const known = receipt();
  if (known?.number !== number || !known.told) return null;
  const { kind, address, text } = known.told;
  const fact = (name, value) => value && [h("dt", {}, name), h("dd", {}, value)];
  return h(
    "section", { class: "panel follow-about" }, h("div", { class: "panel-head" }, h("h2", {}, nameOf(kind))),
    h("dl", { class: "panel-body" }, fact(t("follow.place"), address), fact(t("follow.text"), text)));
}
