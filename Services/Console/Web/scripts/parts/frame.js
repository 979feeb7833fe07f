// The frame around the pages: navigation, who is signed in, whether the live connection stands, which services are down.

import { get } from "../core/api.js";
import { cityName } from "../core/city.js";
import { h, put } from "../core/h.js";
import { isChinese, switchTo, t } from "../core/i18n.js";
import { meanings, shortcuts } from "../core/keys.js";
import { watchState } from "../core/live.js";
import { navigate } from "../core/router.js";
import { pagesOf } from "../core/rights.js";
import { servicesAreBack } from "./states.js";
import { word } from "./badge.js";
import { dialog } from "./dialog.js";
import { icon } from "./icon.js";

/** Puts the frame into `app`; answers `{show(node, path), lookAtServices(), leave()}`. */
export function frame(app, session, { signOut }) {
  const main = h("main", { class: "main", id: "main", tabindex: -1 });
  const notices = h("div", { role: "status" });
  const life = new AbortController();
  const services = serviceWatch(notices, session, life.signal);
  const side = sideBar(session, signOut);
  const menu = h(
    "button", { type: "button", class: "icon-button", "aria-label": t("app.menu"), "aria-expanded": "false", onclick: toggle },
      icon("menu"));
  const top = h("header", { class: "top" }, menu, brand(session));
  put(
    app, h("a", { class: "skip", href: "#main" }, t("app.skip")), h("div", { class: "shell" }, top, side, main));
  shortcuts(globalKeys(session), life.signal);
  document.addEventListener("keydown", (event) => event.key === "Escape" && shut(), { signal: life.signal });

  function toggle() {
    const opened = side.classList.toggle("open");
    menu.setAttribute("aria-expanded", String(opened));
    if (opened) side.querySelector("a")?.focus();
  }
  function shut() {
    side.classList.remove("open");
    menu.setAttribute("aria-expanded", "false");
  }
  document.addEventListener("click", (event) => {
    if (!side.contains(event.target) && !menu.contains(event.target)) shut();
  }, { signal: life.signal });

  return {
    leave: () => life.abort(),
    lookAtServices: services.look,
    show(node, path) {
      shut();
      const first = main.childElementCount === 0;
      put(main, notices, node);
      for (const link of side.querySelectorAll("a[data-path]")) {
        const here = path === link.dataset.path || path.startsWith(`${link.dataset.path}/`);
        if (here) link.setAttribute("aria-current", "page");
        else link.removeAttribute("aria-current");
      }
      scrollTo(0, 0);
      if (!first) main.querySelector("h1")?.focus({ preventScroll: true });
    },
  };
}

function brand(session) {
  return h(
    "a", { class: "brand", href: "/" }, h("img", { src: "/assets/icons/chengyun.svg", alt: "" }),
    h(
      "span", {}, h("span", { class: "brand-name" }, t("app.name")),
      h("span", { class: "brand-city" }, cityName(session.city))));
}

function sideBar(session, signOut) {
  const pages = pagesOf(session.user);
  const groups = ["work", "insight", "admin"].map((group) => [group, pages.filter((page) => page.group === group)]);
  const live = h("span", { class: "live", role: "status" });
  watchState((state) => {
    live.dataset.state = state;
    put(live, t(`live.${state}`));
    live.hidden = state === "off";
  });
  return h(
    "aside", { class: "side", "aria-label": t("app.title") }, brand(session),
    h(
      "nav", { "aria-label": t("nav.main") },
      groups.filter(([, of]) => of.length).map(([group, of]) => [
        h("div", { class: "nav-group" }, t(`nav.${group}`)), h("ul", {}, of.map((page) => h("li", {}, navLink(page)))),
      ])),
    h(
      "div", { class: "side-foot" }, live, who(session.user),
      h(
        "div", { class: "side-buttons" },
        h("button", { type: "button", class: "button quiet small", onclick: changeLanguage }, icon("text", { size: 14 }),
          t("app.language")),
        h("button", { type: "button", class: "button quiet small", onclick: signOut }, icon("leave", { size: 14 }), t("nav.sign_out")))));
}

function navLink(page) {
  return h("a", { class: "nav-link", href: page.path, "data-path": page.path }, icon(page.key), t(`nav.${page.key}`));
}

function who(user) {
  const name = user.display_name || user.name;
  return h(
    "a", { class: "who", href: "/account", "data-path": "/account" },
    h("span", { class: "who-mark", "aria-hidden": "true" }, [...name][0]),
    h(
      "span", {}, h("span", { class: "who-name" }, name),
      h("span", { class: "who-roles" }, user.roles.map((role) => word("role", role)).join(isChinese() ? "、" : ", "))));
}

const LOOK_EVERY_MS = 10_000;

/** Says which services are away. Asks again only while one is: the first refusal of a panel is the sign to begin. */
function serviceWatch(notices, session, signal) {
  let timer = 0;
  let isAway = false;
  signal.addEventListener("abort", () => clearTimeout(timer), { once: true });
  const tell = (services) => {
    const away = Object.entries(services ?? {}).filter(([, state]) => state !== "serving").map(([name]) => word("service", name));
    put(notices, away.length > 0 && h(
      "div", { class: "notice" }, icon("warning"), h("span", {}, t("service.down", { name: away.join(t("service.and")) }))));
    if (isAway && !away.length) servicesAreBack();
    isAway = away.length > 0;
  };
  const look = async () => {
    const found = await get("/api/session", { quiet: true, signal }).catch(() => null);
    if (signal.aborted) return;
    if (found) tell(found.services);
    timer = isAway || !found ? setTimeout(look, LOOK_EVERY_MS) : 0;
  };
  tell(session.services);
  if (isAway) timer = setTimeout(look, LOOK_EVERY_MS);
  return {
    look() {
      if (timer) return;
      // What failed once may stand again at the first look; the panel that failed is told so either way.
      isAway = true;
      timer = setTimeout(look);
    },
  };
}

/** The whole frame is drawn again in the other language; the page of the address, too. */
function changeLanguage() {
  switchTo(isChinese() ? "en" : "zh");
  location.reload();
}

function globalKeys(session) {
  const pages = pagesOf(session.user);
  const numbered = pages.slice(0, 9).map((page, at) => [
    String(at + 1), { label: t("key.go", { page: t(`nav.${page.key}`) }), run: () => navigate(page.path) },
  ]);
  return { ...Object.fromEntries(numbered), "?": { label: t("key.help"), run: showKeys } };
}

function showKeys() {
  const names = { ArrowDown: "↓", ArrowUp: "↑", Enter: "↵" };
  const rows = meanings().map(([keys, label]) => [
    h("dt", {}, keys.map((key, at) => [at > 0 && " ", h("kbd", {}, names[key] ?? key)])), h("dd", {}, label),
  ]);
  dialog(t("app.keys"), h("dl", { class: "keys" }, rows, h("dt", {}, h("kbd", {}, "Esc")), h("dd", {}, t("action.close"))));
}
