// Which page an address means. Links inside the console change the page without loading the frame again.

const LISTS = ["/cases", "/worklist", "/tasks", "/evaluation", "/centre"];
const routes = [];
let show = () => {};
let leave = new AbortController();
let list = "/cases?state=open";

/** `route("/cases/:number", page)` */
export function route(pattern, page) {
  const names = [];
  const source = pattern.replace(/:(\w+)/g, (_, name) => {
    names.push(name);
    return "([^/]+)";
  });
  routes.push({ test: new RegExp(`^${source}/?$`), names, page });
}

export function start(render) {
  show = render;
  document.addEventListener("click", follow);
  addEventListener("popstate", () => open());
}

export function navigate(address, { replace = false } = {}) {
  if (replace) history.replaceState(null, "", address);
  else history.pushState(null, "", address);
  open();
}

/** The list that a case was opened from, with its filters. */
export const lastList = () => list;

/** Keeps what the address says in step with a page's filters, without opening the page again. */
export function rewrite(address) {
  history.replaceState(null, "", address);
  if (LISTS.includes(location.pathname)) list = location.pathname + location.search;
}

/** Shows the page of the present address. What the page before it started is ended by its signal. */
export function open() {
  leave.abort();
  leave = new AbortController();
  const path = decodeURI(location.pathname);
  if (LISTS.includes(path)) list = path + location.search;
  for (const { test, names, page } of routes) {
    const found = test.exec(path);
    if (!found) continue;
    const params = Object.fromEntries(names.map((name, at) => [name, found[at + 1]]));
    return show(page, { params, query: new URLSearchParams(location.search), signal: leave.signal, path });
  }
  return show(null, { params: {}, query: new URLSearchParams(), signal: leave.signal, path });
}

function follow(event) {
  if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  const link = event.target.closest?.("a[href]");
  if (!link || link.target || link.hasAttribute("download") || link.origin !== location.origin) return;
  if (link.hash && link.pathname === location.pathname) return;
  if (link.pathname.startsWith("/api/") || !routes.some(({ test }) => test.test(link.pathname))) return;
  event.preventDefault();
  navigate(link.pathname + link.search);
}
