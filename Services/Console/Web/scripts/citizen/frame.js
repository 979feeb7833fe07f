// The frame around the citizens' pages: the city's name, two places to go, language and large print, the network's state.

import { cityName } from "../core/city.js";
import { h, put } from "../core/h.js";
import { isChinese, switchTo, t } from "../core/i18n.js";
import { icon } from "../parts/icon.js";
import { isLarge, togglePrint } from "./print.js";

const PLACES = [["/report", "citizen.report"], ["/results", "citizen.results"]];
let watching = null;

/** Puts the frame into `app`; answers `{show(node, path)}`. */
export function frame(app, city, { redraw }) {
  const main = h("main", { class: "citizen-main", id: "main", tabindex: -1 });
  const links = PLACES.map(([path, key]) => h("a", { class: "citizen-link", href: path }, t(key)));
  const network = networkBar();
  put(
    app, h("a", { class: "citizen-skip", href: "#main", onclick: skip }, t("app.skip")),
    h(
      "header", { class: "citizen-top" },
      h(
        "div", { class: "citizen-top-row" }, brand(city), h("nav", { class: "citizen-nav", "aria-label": t("citizen.nav") }, links),
        h("div", { class: "citizen-tools" }, printButton(redraw), languageButton(redraw)))),
    network, main, foot());

  function skip(event) {
    event.preventDefault();
    main.focus();
  }

  return {
    show(node, path) {
      const first = main.childElementCount === 0;
      put(main, node);
      links.forEach((link) => mark(link, path));
      if (first) return;
      scrollTo(0, 0);
      main.querySelector("h1")?.focus({ preventScroll: true });
    },
  };
}

function mark(link, path) {
  if (path === link.getAttribute("href")) link.setAttribute("aria-current", "page");
  else link.removeAttribute("aria-current");
}

function brand(city) {
  return h(
    "a", { class: "citizen-brand", href: "/report" }, h("img", { src: "/assets/icons/chengyun.svg", alt: "" }),
    h("span", {}, h("span", { class: "citizen-brand-city" }, cityName(city) || t("app.name")), " ", t("citizen.title")));
}

function printButton(redraw) {
  const press = () => {
    togglePrint();
    redraw();
    document.querySelector(".print-switch")?.focus();
  };
  return h(
    "button", { type: "button", class: "button quiet print-switch", "aria-pressed": String(isLarge()), onclick: press },
    icon("text", { size: 18 }), h("span", {}, t("citizen.print")));
}

function languageButton(redraw) {
  const press = () => {
    switchTo(isChinese() ? "en" : "zh");
    redraw();
    document.querySelector(".language-switch")?.focus();
  };
  const itsLanguage = isChinese() ? "en" : "zh-CN";
  return h("button", { type: "button", class: "button quiet language-switch", lang: itsLanguage, onclick: press }, t("app.language"));
}

function networkBar() {
  watching?.abort();
  watching = new AbortController();
  const bar = h("div", { class: "citizen-notice", role: "status" });
  const tell = () => put(bar, navigator.onLine ? null : [icon("warning", { size: 18 }), h("span", {}, t("citizen.offline"))]);
  addEventListener("online", tell, { signal: watching.signal });
  addEventListener("offline", tell, { signal: watching.signal });
  tell();
  return bar;
}

function foot() {
  return h(
    "footer", { class: "citizen-foot" },
    h("div", { class: "citizen-foot-row" }, h("p", {}, t("citizen.emergency")), h("a", { href: "/" }, t("citizen.staff"))));
}
