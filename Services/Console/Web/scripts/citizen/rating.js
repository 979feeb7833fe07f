// The question at the end: 1 to 5 and a few words; dissatisfaction opens the case again, once.

import { commandKey } from "../core/api.js";
import { freshID, h, put } from "../core/h.js";
import { sentence, t } from "../core/i18n.js";
import { field } from "../parts/field.js";
import { icon } from "../parts/icon.js";
import { send } from "./session.js";

const TEXT_LIMIT = 1_000;
const DISSATISFIED_UP_TO = 2;
const SCORES = [1, 2, 3, 4, 5];

/** The panel of a question `asked`; `done(answer)` is called when it has been answered. */
export function rating(asked, path, token, done) {
  const element = h("section", { class: "panel rating", "aria-label": t("rating.title") });
  put(element, asked.answered ? answered(asked.score) : form());

  function form() {
    const key = commandKey();
    const canReopen = asked.can_reopen !== false;
    const text = field("text", t("rating.text"), { rows: 3, limit: TEXT_LIMIT });
    const hint = h("p", { class: "rating-hint", role: "status" }, canReopen && t("rating.reopen_plain"));
    const message = h("div", { class: "form-error", role: "alert", hidden: true });
    const button = h("button", { type: "submit", class: "button primary large" }, t("rating.send"));
    let score = null;

    const choose = (value) => {
      score = value;
      message.hidden = true;
      const bad = canReopen && value <= DISSATISFIED_UP_TO;
      hint.classList.toggle("strong", bad);
      put(hint, canReopen && t(bad ? "rating.reopen" : "rating.reopen_plain"));
      text.element.querySelector("label").firstChild.textContent = t(bad ? "rating.text_bad" : "rating.text");
    };
    const fail = (words) => {
      message.hidden = false;
      put(message, icon("warning", { size: 18 }), h("span", {}, words));
    };

    async function submit(event) {
      event.preventDefault();
      if (!score) return fail(t("rating.missing"));
      button.disabled = true;
      try {
        const answer = await send(path, { token, score, text: text.value(), key });
        Object.assign(asked, { answered: true, score });
        put(element, answered(score, answer.reopened));
        element.querySelector("h2").focus();
        return done(answer);
      } catch (error) {
        button.disabled = false;
        return fail(sentence(error));
      }
    }
    return h(
      "form", { class: "rating-form", novalidate: true, onsubmit: submit }, h("h2", {}, t("rating.question")),
      scale(choose), hint, text.element, message, h("div", {}, button));
  }
  return element;
}

/** Five radio buttons, drawn as large fields. */
function scale(choose) {
  const name = freshID("score");
  return h(
    "fieldset", { class: "scale" }, h("legend", { class: "hidden" }, t("rating.question")),
    SCORES.map((score) => h(
      "label", { class: "score" }, h("input", { type: "radio", name, value: String(score), onchange: () => choose(score) }),
      h("span", { class: "score-number" }, score), h("span", { class: "score-word" }, t(`rating.${score}`)))));
}

function answered(score, reopened) {
  return h(
    "div", { class: "rating-done" }, icon("check", { size: 24 }),
    h(
      "div", {}, h("h2", { tabindex: -1 }, t("rating.thanks")),
      score && h("p", {}, t("rating.given", { score, word: t(`rating.${score}`) })), reopened && h("p", {}, t("rating.reopened"))));
}
