// Departments and crews as dispatch knows them, and who has an account in each. They come with the responsibility matrix.

import { get } from "../core/api.js";
import { count } from "../core/format.js";
import { h, put } from "../core/h.js";
import { nameOf, t } from "../core/i18n.js";
import { shortcuts, walkRows } from "../core/keys.js";
import { everything } from "../insight/all.js";
import { icon } from "../parts/icon.js";
import { table } from "../parts/table.js";
import { empty, loading } from "../parts/states.js";

export function departments({ signal }) {
  const sum = h("span", { class: "page-sub", role: "status" });
  const search = h("input", {
    class: "input", type: "search", maxlength: 80, placeholder: t("departments.search"), "aria-label": t("departments.search"),
  });
  let data = null;
  const draw = () => {
    const wanted = search.value.trim().toLowerCase();
    const shown = data.offices.filter((office) => texts(office).some((text) => text?.toLowerCase().includes(wanted)));
    put(sum, t("departments.found", { n: count(shown.length) }));
    if (!shown.length) return empty(t("departments.none"), t(data.offices.length ? "departments.none_hint" : "departments.empty_hint"));
    return table(t("nav.departments"), columnsOf(data.people), shown);
  };
  const list = loading(signal, () => read(signal), (found) => {
    data = found;
    return draw();
  }, { lines: 10 });
  search.addEventListener("input", () => data && put(list, draw()));
  shortcuts({ "/": { label: t("key.search"), run: () => search.focus() } }, signal);
  walkRows(list, "tbody tr", { next: t("key.next"), previous: t("key.previous"), open: t("key.open") }, signal,
    (row) => row.querySelector("a")?.click());
  const bar = h(
    "form", { class: "filters", role: "search", onsubmit: (event) => event.preventDefault() },
    h("div", { class: "filter-search" }, icon("search"), search));
  const node = h(
    "div", { class: "page" }, h("div", { class: "page-head" }, h("h1", { tabindex: -1 }, t("nav.departments")), sum),
    h("p", { class: "page-sub" }, t("departments.about")), h("div", { class: "panel" }, bar, list));
  return { title: t("nav.departments"), node };
}

const texts = (office) => [office.code, office.name, office.name_en, ...office.crews.flatMap((crew) => [crew.code, crew.name])];

async function read(signal) {
  const [body, users] = await Promise.all([
    get("/api/departments", { signal }), everything("/api/users", "users", {}, signal, { size: 200 }).catch(() => []),
  ]);
  const people = new Map();
  for (const user of users) if (user.department) people.set(user.department, (people.get(user.department) ?? 0) + 1);
  return { offices: body.departments, people };
}

function columnsOf(people) {
  return [
    {
      label: t("users.department"), cell: (office) => [
        h("span", { class: "cell-main" }, nameOf(office) || office.code), h("span", { class: "cell-sub mono" }, office.code),
      ],
    },
    {
      label: t("departments.crews"), cell: (office) => (office.crews.length
        ? h("span", { class: "tags" }, office.crews.map((crew) => h("span", { class: "tag", title: crew.code }, crew.name || crew.code)))
        : h("span", { class: "muted" }, "–")),
    },
    {
      label: t("departments.people"), className: "number nowrap", cell: (office) => {
        const number = people.get(office.code) ?? 0;
        return number ? h("a", { href: `/admin/users?department=${encodeURIComponent(office.code)}` }, count(number))
          : h("span", { class: "muted" }, count(0));
      },
    },
  ];
}
