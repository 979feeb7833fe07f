// What can be done to a case, each with the few questions that it needs. The list that a person gets comes from the server.

import { commandKey, post } from "../core/api.js";
import { departments } from "../core/directory.js";
import { nameOf, pick, t } from "../core/i18n.js";
import { formDialog, toast } from "../parts/dialog.js";
import { field } from "../parts/field.js";

/** In the order of the buttons. */
export const ACTIONS = ["dispatch", "accept", "handled", "check", "close", "return", "reopen", "supervise", "refer", "cancel"];

const reason = (required = true) => field("reason", t("do.reason"), { required, rows: 3 });

const FORMS = {
  accept: () => ({ fields: [] }),
  close: () => ({ fields: [field("note", t("do.check_reason"), { rows: 2 })] }),
  return: () => ({ hint: t("do.return_hint"), fields: [reason()] }),
  handled: () => ({ fields: [field("note", t("do.note"), { required: true, rows: 4, hint: t("do.note_hint") })] }),
  reopen: () => ({ fields: [reason()] }),
  supervise: () => ({ fields: [reason()] }),
  cancel: () => ({ hint: t("do.cancel_hint"), fields: [reason()], danger: true }),
  refer: () => ({ hint: t("do.refer_hint"), fields: [field("authority", t("do.authority"), { required: true, limit: 100 }), reason()],
    danger: true }),
  check: checkForm,
  dispatch: dispatchForm,
};

/** Opens the form of an action; when it is done, the case is shown as the answer has it. */
export async function openAction(view, action) {
  const key = commandKey();
  const form = await FORMS[action](view.data.case);
  formDialog(t(`do.${action}`), {
    ...form, submit: t(`do.${action}`),
    async send(values) {
      const said = Object.fromEntries(Object.entries(values).filter(([, value]) => value !== ""));
      if (action === "check") said.passed = values.passed === "yes";
      const body = { key, expected_version: view.data.case.version, ...said };
      try {
        return await post(`/api/cases/${encodeURIComponent(view.number)}/actions/${action}`, body);
      } catch (error) {
        if (error.status === 409) {
          view.reload();
          error.words = { zh: pick(error.words?.zh, "") || t("case.changed"), en: error.words?.en || t("case.changed") };
        }
        throw error;
      }
    },
    done(data) {
      view.show(data);
      toast(t("do.done", { action: t(`do.${action}`) }));
    },
  });
}

function checkForm() {
  const passed = field("passed", t("do.passed"), {
    required: true, choices: [{ value: "yes", label: t("do.passed_yes") }, { value: "no", label: t("do.passed_no") }],
  });
  const note = field("reason", t("do.check_reason"), {
    rows: 3, test: (value) => (passed.value() === "no" && !value ? t("do.check_reason_needed") : null),
  });
  return { fields: [passed, note] };
}

async function dispatchForm(file) {
  const offices = await departments().catch(() => []);
  const again = file.state === "dispatched" || file.state === "handling";
  const choose = { value: "", label: t("do.choose") };
  const department = field("department", t("do.department"), {
    required: true, value: again ? "" : file.department, choices: [choose,
      ...offices.map((one) => ({ value: one.code, label: nameOf(one) }))],
  });
  const crew = field("crew", t("do.crew"), { choices: [{ value: "", label: t("do.none") }] });
  const crewsOf = () => {
    const crews = offices.find((one) => one.code === department.value())?.crews ?? [];
    const options = [new Option(t("do.none"), ""), ...crews.map((one) => new Option(nameOf(one) || one.code, one.code))];
    crew.control.replaceChildren(...options);
  };
  department.control.addEventListener("change", crewsOf);
  crewsOf();
  return { hint: again ? t("do.redispatch_hint") : null, fields: [department, crew, reason(again)] };
}
