// Which pages a role is offered. This only decides what is shown: the services decide what is allowed.

const CASE_WORK = ["centre", "acceptor", "dispatcher", "checker", "supervisor"];

const PAGES = [
  { path: "/centre", key: "centre", roles: ["centre", "supervisor", "dispatcher", "acceptor", "checker", "evaluator"], group: "work" },
  { path: "/worklist", key: "worklist", roles: CASE_WORK, group: "work" },
  { path: "/tasks", key: "tasks", roles: ["department", "crew"], group: "work" },
  { path: "/cases", key: "cases", roles: [...CASE_WORK, "department", "crew", "evaluator"], group: "work" },
  { path: "/lifeline", key: "lifeline", roles: ["centre", "supervisor", "dispatcher", "department"], group: "insight" },
  { path: "/evaluation", key: "evaluation", roles: ["centre", "supervisor", "evaluator", "department"], group: "insight" },
  { path: "/admin/users", key: "users", roles: ["administrator"], group: "admin" },
  { path: "/admin/audit", key: "audit", roles: ["auditor", "administrator"], group: "admin" },
];

const has = (user, roles) => roles.some((role) => user.roles.includes(role));

export const pagesOf = (user) => PAGES.filter((page) => has(user, page.roles));

export function mayOpen(user, path) {
  const page = PAGES.find((one) => path === one.path || path.startsWith(`${one.path}/`));
  return !page || has(user, page.roles);
}

/** Where a role begins its day. */
export function home(user) {
  if (has(user, ["centre", "supervisor"])) return "/centre";
  if (has(user, ["crew", "department"])) return "/tasks";
  if (has(user, ["dispatcher", "acceptor", "checker"])) return "/worklist";
  return pagesOf(user)[0]?.path ?? "/account";
}

export const isRole = (user, ...roles) => has(user, roles);
