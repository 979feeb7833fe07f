// The console of the city's own people: session, frame, pages.

import * as api from "./core/api.js";
import { setClock } from "./core/format.js";
import { h, put } from "./core/h.js";
import { apply, t } from "./core/i18n.js";
import * as keys from "./core/keys.js";
import * as live from "./core/live.js";
import { navigate, open, route, start } from "./core/router.js";
import { home, may, mayOpen } from "./core/rights.js";
import { signIn } from "./pages/signin.js";
import { frame } from "./parts/frame.js";
import { empty, failed, skeleton } from "./parts/states.js";

const app = document.getElementById("app");
let session = null;
let shell = null;

/** A page's module comes when the page is first shown; one that fails takes no other along. Meanwhile the live connection is opened. */
const page = (file, name = file) => async (context) => {
  const [module] = await Promise.all([import(`./pages/${file}.js`), may(context.session.user, "follow") && live.standing()]);
  return module[name](context);
};

route("/", () => ({ redirect: home(session.user) }));
route("/centre", page("centre"));
route("/cases", page("cases"));
route("/cases/:number", page("case", "casePage"));
route("/worklist", page("worklist"));
route("/tasks", page("tasks"));
route("/lifeline", page("lifeline"));
route("/lifeline/:code", page("sensor"));
route("/evaluation", page("evaluation"));
route("/admin/users", page("users"));
route("/admin/departments", page("departments"));
route("/admin/audit", page("audit"));
route("/account", page("account"));

begin();

async function begin() {
  apply();
  keys.start();
  start(show);
  api.whenSignedOut(() => {
    if (!session?.user) return;
    session = { ...session, user: null, ended: true };
    live.close();
    open();
  });
  api.whenDown(() => shell?.lookAtServices());
  await enter();
}

/** Asks who is here, then shows the page of the address. */
async function enter() {
  put(app, h("div", { class: "page" }, skeleton(6)));
  try {
    session = whole(await api.get("/api/session"));
  } catch (error) {
    put(app, h("main", { class: "page" }, failed(error, enter)));
    return;
  }
  api.useToken(session.csrf);
  setClock(session.city?.time_zone, session.city?.now);
  dropShell();
  open();
}

/** What the session says of the account stands with the user. */
function whole(answer) {
  const { user, must_change_password: mustChange, has_second_factor: hasSecond } = answer;
  return { ...answer, user: user && { ...user, must_change_password: Boolean(mustChange), has_second_factor: Boolean(hasSecond) } };
}

async function show(page, context) {
  context = { ...context, session, refreshSession: enter };
  if (!session.user) return showSignIn(context);
  if (session.user.must_change_password && context.path !== "/account") return navigate("/account", { replace: true });
  const made = await makePage(page, context);
  if (context.signal.aborted) return;
  if (made.redirect) return navigate(made.redirect, { replace: true });
  document.title = `${made.title} · ${t("app.name")}`;
  document.documentElement.toggleAttribute("data-wall", Boolean(made.wall));
  if (made.wall) {
    dropShell();
    return put(app, made.node);
  }
  shell ??= frame(app, session, { signOut });
  shell.show(made.node, context.path);
}

async function makePage(page, context) {
  // The wall's colours are there before its map is drawn.
  document.documentElement.toggleAttribute("data-wall", context.path === "/centre" && context.query.get("wall") === "1");
  if (!page || !mayOpen(session.user, context.path)) return refused(page);
  try {
    return await page(context);
  } catch (error) {
    console.error(error);
    const title = t("error.title");
    return { title, node: h("div", { class: "page" }, h("h1", { class: "hidden", tabindex: -1 }, title),
      failed(error, () => location.reload())) };
  }
}

function dropShell() {
  shell?.leave();
  shell = null;
}

function showSignIn(context) {
  dropShell();
  document.documentElement.removeAttribute("data-wall");
  document.title = `${t("signin.title")} · ${t("app.name")}`;
  put(app, signIn(context, enter, { ended: session.ended }));
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
