// What a command needs from the server before it is taken: a token of this browser. Asked again when it has run out.

import { get, post, useToken } from "../core/api.js";

export function useSession(session) {
  useToken(session.csrf);
}

/** Sends a command. A token that has run out meanwhile is no citizen's concern: it is renewed, once. */
export async function send(path, body) {
  try {
    return await post(path, body);
  } catch (error) {
    if (error.status !== 403) throw error;
    useSession(await get("/api/session"));
    return post(path, body);
  }
}
