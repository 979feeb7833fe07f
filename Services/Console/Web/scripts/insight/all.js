// Lists that a page needs whole: every page of them, up to a limit.

import { get, query } from "../core/api.js";

const PAGE = 1_000;
const PAGES = 20;

/** All items of `path`; `name` is the list's name in the answer, `size` the most that a page of it may hold. */
export async function everything(path, name, values, signal, { size = PAGE } = {}) {
  const items = [];
  let page;
  for (let turn = 0; turn < PAGES; turn += 1) {
    const body = await get(`${path}${query({ ...values, limit: size, page })}`, { signal });
    items.push(...(Array.isArray(body) ? body : (body[name] ?? [])));
    page = body.next_page;
    if (!page) break;
  }
  return items;
}
