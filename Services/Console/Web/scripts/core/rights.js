// What a person is offered outside a case: pages, and decisions about reports and alarms. The one place of the pages where roles are
// named. It mirrors what the services enforce (IntakeDomain.ReportRights,
// EvaluationDomain.DrillDownRights, LifelineRPC, CityModel.PersonRole) and can only hide: a role
// that is missing or too many here changes no right. What may be done to a case comes with the case itself.

const INDICATORS = ["centre", "supervisor", "evaluator", "department"];
const DESKS = ["centre", "acceptor", "dispatcher", "checker", "supervisor"];

const PAGES = [
  { path: "/centre", key: "centre", roles: [...DESKS, "evaluator"], group: "work" },
  { path: "/worklist", key: "worklist", roles: DESKS, group: "work" },
  { path: "/tasks", key: "tasks", roles: ["department", "crew"], group: "work" },
  { path: "/cases", key: "cases", roles: [...DESKS, "department", "crew", "evaluator"], group: "work" },
  { path: "/lifeline", key: "lifeline", roles: [...DESKS, "department", "evaluator"], group: "insight" },
  { path: "/evaluation", key: "evaluation", roles: INDICATORS, group: "insight" },
  { path: "/admin/users", key: "users", roles: ["administrator"], group: "admin" },
  { path: "/admin/departments", key: "departments", roles: ["administrator"], group: "admin" },
  { path: "/admin/audit", key: "audit", roles: ["auditor", "administrator"], group: "admin" },
];

const DECISIONS = {
  /** Read the reports behind a case: a department and its crews those of their own. */
  read_reports: [...DESKS, "department", "crew"],
  /** Place a report, reject it, undo a merge. */
  decide_reports: ["centre", "acceptor", "dispatcher"],
  /** See a reporter's whole contact, with a reason. */
  unmask: DESKS,
  read_indicators: INDICATORS,
  /** Hear of what happens as it happens. */
  follow: [...DESKS, "department", "crew", "evaluator", "administrator"],
  acknowledge: ["centre", "supervisor", "dispatcher"],
};

const has = (user, roles) => roles.some((role) => user.roles.includes(role));

export const pagesOf = (user) => PAGES.filter((page) => has(user, page.roles));

export function mayOpen(user, path) {
  const page = PAGES.find((one) => path === one.path || path.startsWith(`${one.path}/`));
  return !page || has(user, page.roles);
}

export const may = (user, decision) => has(user, DECISIONS[decision]);

/** Acts for a department only: other departments' cases are not theirs to see. */
export const isOfDepartment = (user) => user.roles.length > 0 && user.roles.every((role) => role === "department" || role === "crew");

/** Where a role begins its day. */
export function home(user) {
  if (has(user, ["centre", "supervisor"])) return "/centre";
  if (has(user, ["crew", "department"])) return "/tasks";
  if (has(user, ["dispatcher", "acceptor", "checker"])) return "/worklist";
  return pagesOf(user)[0]?.path ?? "/account";
}
