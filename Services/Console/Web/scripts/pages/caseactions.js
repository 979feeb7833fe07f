// What can be done to a case, each with the few questions that it needs. The list that a person gets, and which of them need a reason,
// come from the server.

import { commandKey, get, post } from "../core/api.js";
import { departments } from "../core/directory.js";
import { h, put } from "../core/h.js";
import { nameOf, pick, t } from "../core/i18n.js";
import { word } from "../parts/badge.js";
import { formDialog, toast } from "../parts/dialog.js";
import { field } from "../parts/field.js";

/** In the order of the buttons. */
export const ACTIONS = ["dispatch", "accept", "handled", "check", "close", "return", "reopen", "supervise", "refer", "cancel"];

const WITH_DEPARTMENT = new Set(["dispatched", "handling"]);

/** Dispatching what a department already has is called otherwise. */
export const actionName = (action, file) => t(action === "dispatch" && WITH_DEPARTMENT.has(file.state) ? "do.redispatch" : `do.${action}`);

const EVIDENCE_LIMIT = 20;
const EVIDENCE_LENGTH = 500;

/** What the services answer when somebody else was faster. */
const OVERTAKEN = 409;

/** Each answers {fields, hint?, danger?}; `needed` says that the server asks for a reason. */
const FORMS = {
  accept: () => ({ fields: [] }),
  close: ({ needed }) => ({ fields: [reason(needed, "do.check_reason")] }),
  return: ({ needed }) => ({ hint: t("do.return_hint"), fields: [reason(needed)] }),
  handled: handledForm,
  reopen: ({ needed }) => ({ hint: t("do.reopen_hint"), fields: [reason(needed)] }),
  supervise: ({ needed }) => ({ hint: t("do.supervise_hint"), fields: [reason(needed)] }),
  cancel: ({ needed }) => ({ hint: t("do.cancel_hint"), fields: [reason(needed)], danger: true }),
  refer: ({ needed }) => ({
    hint: t("do.refer_hint"), fields: [field("authority", t("do.authority"), { required: true, limit: 200 }), reason(needed)], danger: true,
  }),
  check: checkForm,
  dispatch: dispatchForm,
};

const reason = (required, label = "do.reason") => field("reason", t(label), { required, rows: 3 });

/** Opens the form of an action; when it is done, the case is shown as the answer has it. */
export async function openAction(view, action) {
  const command = { key: commandKey(), version: view.data.case.version };
  const needed = (view.data.reason_required ?? []).includes(action);
  const form = await FORMS[action]({ file: view.data.case, needed });
  // A key pressed twice while the departments were still coming.
  if (document.querySelector("dialog[open]")) return;
  const name = actionName(action, view.data.case);
  const shown = formDialog(name, {
    ...form, submit: name,
    async send(values) {
      const body = { key: command.key, expected_version: command.version, ...(form.read ?? plain)(values) };
      try {
        return await post(`${addressOf(view)}/actions/${action}`, body);
      } catch (error) {
        if (error.status === OVERTAKEN) await overtaken(view, action, command, error, shown);
        throw error;
      }
    },
    done(data) {
      view.show(data);
      toast(t("do.done", { action: name }));
    },
  });
}

const addressOf = (view) => `/api/cases/${encodeURIComponent(view.number)}`;
const plain = (values) => Object.fromEntries(Object.entries(values).filter(([, value]) => value !== ""));

/**
 * The case is not what the form was opened for: it is shown anew behind the form, which says what happened meanwhile. What was typed
 * stays, and may be sent once more if the action is still open to this person.
 */
async function overtaken(view, action, command, error, shown) {
  const data = await get(addressOf(view)).catch(() => null);
  if (!data) return;
  const changed = data.case.version !== command.version;
  const last = data.history?.at(-1);
  view.show(data);
  command.version = data.case.version;
  command.key = commandKey();
  const isOpen = data.actions.includes(action);
  if (!isOpen) shown.element.querySelector("[type=submit]")?.remove();
  if (!changed || !last) return;
  const step = [word("fact", last.kind), last.actor && [word("role", last.actor.role), last.actor.name].filter(Boolean).join(" ")]
    .filter(Boolean).join(" · ");
  const text = t(isOpen ? "case.overtaken" : "case.overtaken_shut", { step, action: t(`do.${action}`) });
  error.words = { zh: text, en: text };
}

function handledForm() {
  const evidence = field("evidence", t("do.evidence"), {
    rows: 2, limit: EVIDENCE_LIMIT * EVIDENCE_LENGTH, hint: t("do.evidence_hint"),
    test: (value) => {
      const all = lines(value);
      return all.length > EVIDENCE_LIMIT || all.some((line) => line.length > EVIDENCE_LENGTH)
        ? t("do.evidence_form", { n: EVIDENCE_LIMIT, of: EVIDENCE_LENGTH }) : null;
    },
  });
  const note = field("note", t("do.note"), { required: true, rows: 4, hint: t("do.note_hint") });
  return { fields: [note, evidence], read: (values) => plain({ note: values.note, evidence: lines(values.evidence) }) };
}

const lines = (text) => text.split("\n").map((line) => line.trim()).filter(Boolean);

function checkForm() {
  const choose = { value: "", label: t("do.choose") };
  const passed = field("passed", t("do.passed"), {
    required: true, choices: [choose, { value: "yes", label: t("do.passed_yes") }, { value: "no", label: t("do.passed_no") }],
  });
  const note = field("reason", t("do.check_reason"), {
    rows: 3, test: (value) => (passed.value() === "no" && !value ? t("do.check_reason_needed") : null),
  });
  return { fields: [passed, note], read: (values) => ({ ...plain(values), passed: values.passed === "yes" }) };
}

async function dispatchForm({ file, needed }) {
  const offices = await departments().catch(() => []);
  const again = WITH_DEPARTMENT.has(file.state);
  const department = field("department", t("do.department"), {
    required: true, value: again ? "" : file.department,
    choices: [{ value: "", label: t("do.choose") }, ...offices.map((one) => ({ value: one.code, label: nameOf(one) || one.code }))],
  });
  const crew = field("crew", t("do.crew"), { choices: [{ value: "", label: t("do.none") }] });
  const crewsOf = () => {
    const crews = offices.find((one) => one.code === department.value())?.crews ?? [];
    put(crew.control, [{ code: "", name: t("do.none") }, ...crews].map((one) => h("option", { value: one.code }, nameOf(one) || one.code)));
    crew.element.hidden = crews.length === 0;
  };
  department.control.addEventListener("change", crewsOf);
  crewsOf();
  const hint = offices.length ? again && t("do.redispatch_hint") : t("do.no_departments");
  return { hint, fields: [department, crew, reason(needed)] };
}
