// What services write down in short, in plain words. What people wrote stays as it is.

import { count } from "../core/format.js";
import { has, t } from "../core/i18n.js";
import { word } from "../parts/badge.js";
import { ROLES } from "./rolesfield.js";

const LINES = /^(\d+) lines$/;
const IDENTIFIER = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const ACCOUNT_ACTIONS = new Set(["user_created", "user_changed"]);

export function detailWords({ action, detail }) {
  if (!detail || IDENTIFIER.test(detail)) return "";
  const lines = LINES.exec(detail);
  if (lines) return t("audit.lines", { n: count(Number(lines[1])) });
  if (has(`audit_detail.${detail}`)) return t(`audit_detail.${detail}`);
  return ACCOUNT_ACTIONS.has(action) ? detail.split(" → ").map(accountWords).join(" → ") : detail;
}

/** `centre+supervisor, BOS, disabled` */
function accountWords(text) {
  const [roles, ...limits] = text.split(", ");
  const named = roles.split("+").map((role) => (ROLES.includes(role) ? word("role", role) : role)).join("、");
  return [named, ...limits.map((limit) => (limit === "disabled" ? t("users.disabled_state") : limit))].join(" · ");
}
