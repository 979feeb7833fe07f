// The console of the city's own people: session, frame, pages.

import * as api from "./core/api.js";
import { setClock } from "./core/format.js";
import { put } from "./core/h.js";
import { apply, t } from "./core/i18n.js";
import * as keys from "./core/keys.js";
import * as live from "./core/live.js";
import { navigate, open, route, start } from "./core/router.js";
import { mayOpen, home } from "./core/rights.js";
import { account } from "./pages/account.js";
import { audit } from "./pages/audit.js";
import { casePage } from "./pages/case.js";
import { cases } from "./pages/cases.js";
import { centre } from "./pages/centre.js";
import { evaluation } from "./pages/evaluation.js";
import { lifeline } from "./pages/lifeline.js";
import { sensor } from "./pages/sensor.js";
import { signIn } from "./pages/signin.js";
import { tasks } from "./pages/tasks.js";
import { users } from "./pages/users.js";
import { worklist } from "./pages/worklist.js";
import { frame } from "./parts/frame.js";
import { empty, failed, skeleton } from "./parts/states.js";
import { h } from "./core/h.js";

const app = document.getElementById("app");
let session = null;
let shell = null;

route("/", () => ({ redirect: home(session.user) }));
route("/centre", centre);
route("/cases", cases);
route("/cases/:number", casePage);
route("/worklist", worklist);
route("/tasks", tasks);
route("/lifeline", lifeline);
route("/lifeline/:code", sensor);
route("/evaluation", evaluation);
route("/admin/users", users);
route("/admin/audit", audit);
route("/account", account);

begin();

async function begin() {
  apply();
  keys.start();
  start(show);
  api.whenSignedOut(() => {
    if (!session?.user) return;
    session = { ...session, user: null };
    live.close();
    open();
  });
  await enter();
}

/** Asks who is here, then shows the page of the address. */
async function enter() {
  put(app, h("div", { class: "page" }, skeleton(6)));
  try {
    session = await api.get("/api/session");
  } catch (error) {
    put(app, h("main", { class: "page" }, failed(error, enter)));
    return;
  }
  api.useToken(session.csrf);
  setClock(session.city?.time_zone, session.city?.now);
  shell = null;
  open();
}

function show(page, context) {
  context = { ...context, session, refreshSession: enter };
  if (!session.user) return showSignIn(context);
  if (session.user.must_change_password && page !== account) return navigate("/account", { replace: true });
  const made = page && mayOpen(session.user, context.path) ? page(context) : refused(page);
  if (made.redirect) return navigate(made.redirect, { replace: true });
  document.title = `${made.title} · ${t("app.name")}`;
  document.documentElement.toggleAttribute("data-wall", Boolean(made.wall));
  if (made.wall) {
    shell = null;
    return put(app, made.node);
  }
  shell ??= frame(app, session, { signOut });
  shell.show(made.node, context.path);
}

function showSignIn(context) {
  shell = null;
  document.documentElement.removeAttribute("data-wall");
  document.title = `${t("signin.title")} · ${t("app.name")}`;
  put(app, signIn(context, enter));
}

function refused(page) {
  const [title, hint] = page
    ? [t("error.no_right"), t("error.no_right_hint")] : [t("error.not_found"), t("error.not_found_hint")];
  const back = h("a", { class: "button", href: "/" }, t("action.back"));
  return { title, node: h("div", { class: "page" }, h("h1", { class: "hidden", tabindex: -1 }, title), empty(title, hint, back)) };
}

async function signOut() {
  live.close();
  await api.remove("/api/session", { quiet: true }).catch(() => null);
  history.replaceState(null, "", "/");
  await enter();
}
