// A person's sessions: where, since when, and ending them.

import { get, remove } from "../core/api.js";
import { ago, dateTime } from "../core/format.js";
import { h } from "../core/h.js";
import { t } from "../core/i18n.js";
import { formDialog, toast } from "../parts/dialog.js";
import { icon } from "../parts/icon.js";
import { empty, loading } from "../parts/states.js";

/** The list of `address`, with its own way of ending one. `own` says that they are the asking person's. */
export function sessionList(address, signal, { own = false } = {}) {
  const list = loading(signal, () => get(address, { signal }), ({ sessions }) => {
    if (!sessions.length) return empty(t("sessions.none"));
    const others = own ? sessions.filter((session) => !session.current) : [];
    return [
      h("ul", { class: "sessions" }, sessions.map((session) => row(session))),
      others.length > 1 && others.length < sessions.length && h("div", { class: "form-foot form-foot-left" }, h(
        "button", { type: "button", class: "button small", onclick: () => confirmAll(others) }, t("sessions.end_others"))),
    ];
  }, { lines: 3 });

  function row(session) {
    const end = h("button", { type: "button", class: "button small", onclick: () => confirmEnd(session) }, t("sessions.end"));
    return h(
      "li", {}, icon(isPhone(session.user_agent) ? "phone" : "wall"),
      h(
        "div", { class: "session-about" },
        h("p", { class: "session-what", title: session.user_agent }, browserName(session.user_agent),
          session.current && h("span", { class: "tag" }, t("sessions.current"))),
        h("p", { class: "muted session-more" }, [session.address, t("sessions.started", { time: dateTime(session.started_at) }),
          t("sessions.used", { time: ago(session.last_used_at) })]
          .filter(Boolean).join(" · "))),
      !session.current && end);
  }

  function confirmEnd(session) {
    formDialog(t("sessions.end_title"), {
      hint: t(own ? "sessions.end_own" : "sessions.end_hint", { browser: browserName(session.user_agent), address: session.address ?? "" }),
      submit: t("sessions.end"), danger: true, send: () => remove(`/api/sessions/${encodeURIComponent(session.id)}`),
      done() {
        toast(t("sessions.ended"));
        list.reload();
      },
    });
  }
  /** One after the other: what has ended meanwhile is no failure. */
  function confirmAll(others) {
    formDialog(t("sessions.end_others"), {
      hint: t("sessions.end_others_hint", { n: others.length }), submit: t("sessions.end_others"), danger: true,
      async send() {
        for (const session of others) {
          await remove(`/api/sessions/${encodeURIComponent(session.id)}`).catch((error) => {
            if (error.status !== 404) throw error;
          });
        }
      },
      done() {
        toast(t("sessions.ended"));
        list.reload();
      },
    });
  }
  return list;
}

const BROWSERS = [["Edg/", "Edge"], ["OPR/", "Opera"], ["Firefox/", "Firefox"], ["Chrome/", "Chrome"], ["Safari/", "Safari"],
  ["curl/", "curl"]];
const SYSTEMS = [["Android", "Android"], ["iPhone", "iPhone"], ["iPad", "iPad"], ["Windows", "Windows"], ["Mac OS", "macOS"],
  ["Linux", "Linux"]];

/** "Chrome · Linux" of a user agent's long name. */
export function browserName(agent) {
  const found = (pairs) => pairs.find(([mark]) => agent?.includes(mark))?.[1];
  return [found(BROWSERS), found(SYSTEMS)].filter(Boolean).join(" · ") || agent || t("sessions.unknown");
}

const isPhone = (agent) => /Android|iPhone|Mobile/.test(agent ?? "");
