// The citizens' pages: report, follow, results. Nobody signs in here.

import { get } from "./core/api.js";
import { setClock } from "./core/format.js";
import { h, put } from "./core/h.js";
import { apply, t } from "./core/i18n.js";
import { open, route, start } from "./core/router.js";
import { follow } from "./citizen/follow.js";
import { frame } from "./citizen/frame.js";
import { applyPrint } from "./citizen/print.js";
import { report } from "./citizen/report.js";
import { results } from "./citizen/results.js";
import { useSession } from "./citizen/session.js";
import { empty, failed, skeleton } from "./parts/states.js";

const app = document.getElementById("app");
let city = null;
let shell = null;

route("/report", report);
route("/follow/:number", follow);
route("/follow", follow);
route("/results", results);

begin();

async function begin() {
  apply();
  applyPrint();
  start(show);
  await enter();
}

/** Asks for the city and for this browser's token, then shows the page of the address. */
async function enter() {
  put(app, h("main", { class: "citizen-main", id: "main" }, skeleton(6)));
  try {
    const session = await get("/api/session");
    useSession(session);
    city = session.city;
    setClock(city?.time_zone, city?.now);
    shell = frame(app, city, { redraw });
    open();
  } catch (error) {
    const title = h("h1", { class: "hidden" }, t("citizen.title"));
    frame(app, null, { redraw: enter }).show(h("div", { class: "panel" }, title, failed(error, enter)), location.pathname);
  }
}

function show(page, context) {
  if (!shell) return;
  const made = page ? page({ ...context, city, redraw: open }) : unknown();
  document.title = `${made.title} · ${t("citizen.title")}`;
  shell.show(made.node, context.path);
}

/** The same page in the other language or the other size. */
function redraw() {
  shell = frame(app, city, { redraw });
  open();
}

function unknown() {
  const back = h("a", { class: "button", href: "/report" }, t("citizen.report"));
  const title = t("error.not_found");
  const heading = h("h1", { class: "hidden", tabindex: -1 }, title);
  return { title, node: h("div", { class: "panel" }, heading, empty(title, t("error.not_found_hint"), back)) };
}
