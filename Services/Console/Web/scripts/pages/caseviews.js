// Views of the case list: three that everybody has, and a person's own, kept in this browser.

import { query as queryText } from "../core/api.js";
import { h, put } from "../core/h.js";
import { sentence, t } from "../core/i18n.js";
import { formDialog, toast } from "../parts/dialog.js";
import { field } from "../parts/field.js";
import { icon } from "../parts/icon.js";
import { forget, keep, views } from "../parts/views.js";

const BUILT_IN = [
  ["cases.view_all_open", "?state=open"], ["cases.view_overdue", "?state=open&overdue=true&sort=due"],
  ["cases.view_urgent", "?state=open&urgent=true"],
];
const NAME_LIMIT = 30;

/** Answers an element and `draw()`, to be called whenever `filters` have changed, and `save()`. */
export function viewBar(filters) {
  const element = h("div", { class: "views", role: "group", "aria-label": t("cases.views") });
  const save = () => saveView(filters, draw);

  function draw() {
    const here = queryText({ ...filters, sort: "" });
    const link = (name, search) =>
      h("a", { class: "view", href: `/cases${search}`, "aria-current": same(search, here) ? "true" : null }, name);
    put(
      element, BUILT_IN.map(([key, search]) => link(t(key), search)),
      views().map((view) => h("span", { class: "view-own" }, link(view.name, view.search), h(
        "button", {
          type: "button", class: "icon-button", "aria-label": t("cases.view_delete", { name: view.name }), onclick: () => drop(view),
        }, icon("close", { size: 12 })))),
      h("button", { type: "button", class: "button quiet small", onclick: save }, icon("save", { size: 14 }), t("cases.view_save")));
  }

  function drop({ name }) {
    try {
      forget(name);
      toast(t("cases.view_deleted", { name }));
    } catch (error) {
      toast(sentence(error), "bad");
    }
    draw();
  }

  return { element, draw, save };
}

function same(search, here) {
  const plain = (text) => {
    const pairs = new URLSearchParams(text);
    pairs.delete("sort");
    pairs.sort();
    return pairs.toString();
  };
  return plain(search) === plain(here);
}

function saveView(filters, draw) {
  formDialog(t("cases.view_save"), {
    fields: [field("name", t("cases.view_name"), { required: true, limit: NAME_LIMIT })], submit: t("action.save"),
    hint: t("cases.view_where"), send: async ({ name }) => keep({ name, search: queryText(filters) }),
    done() {
      draw();
      toast(t("cases.view_saved"));
    },
  });
}
