// The JSON API: one place for the CSRF token, for errors in words, and for time limits.

const TIME_LIMIT_MS = 20_000;
/** What is asked for so long after the last touch, the page asks by itself: that does not keep the session alive. */
const TOUCH_MS = 10_000;
let csrf = "";
let onSignedOut = () => {};
let onDown = () => {};
let touchedAt = performance.now();

for (const name of ["pointerdown", "keydown", "wheel", "touchstart"]) {
  addEventListener(name, () => (touchedAt = performance.now()), { capture: true, passive: true });
}

/** Somebody is at the page. At a wall screen nobody ever touches it: whoever put it up stays signed in while it hangs there. */
function isInUse() {
  const isWall = document.documentElement.hasAttribute("data-wall") && !document.hidden;
  return isWall || performance.now() - touchedAt <= TOUCH_MS;
}

/** A refusal or failure, with a sentence for a person in both languages. */
export class Failure extends Error {
  constructor(status, code, chinese, english) {
    super(english || code);
    this.status = status;
    this.code = code;
    this.words = { zh: chinese, en: english };
  }
}

export function useToken(token) {
  csrf = token ?? "";
}

/** Called once whenever an answer says that nobody is signed in any more. */
export function whenSignedOut(action) {
  onSignedOut = action;
}

/** Called whenever an answer says that a service is away. */
export function whenDown(action) {
  onDown = action;
}

/** Nobody is signed in any more: said by an answer, or by the live stream. */
export const signedOut = () => onSignedOut();

export const get = (path, options) => call("GET", path, undefined, options);
export const post = (path, body, options) => call("POST", path, body ?? {}, options);
export const put = (path, body, options) => call("PUT", path, body ?? {}, options);
export const remove = (path, options) => call("DELETE", path, undefined, options);

/** A key that makes a repeated command harmless. */
export function commandKey() {
  if (crypto.randomUUID) return crypto.randomUUID();
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** `?a=1&b=2` of what is set; lists are joined by commas. */
export function query(values) {
  const pairs = new URLSearchParams();
  for (const [name, value] of Object.entries(values ?? {})) {
    const text = Array.isArray(value) ? value.join(",") : value === true ? "true" : value;
    if (text !== undefined && text !== null && text !== "" && text !== false) pairs.set(name, text);
  }
  const all = pairs.toString();
  return all ? `?${all}` : "";
}

async function call(method, path, body, { signal, quiet = false } = {}) {
  const limit = AbortSignal.timeout(TIME_LIMIT_MS);
  const headers = { accept: "application/json" };
  if (body !== undefined) headers["content-type"] = "application/json";
  if (method !== "GET") headers["x-csrf-token"] = csrf;
  else if (!isInUse()) headers["x-background"] = "1";
  let answer;
  try {
    answer = await fetch(path, {
      method, headers, credentials: "same-origin", cache: "no-store",
      body: body === undefined ? undefined : JSON.stringify(body),
      signal: signal ? AbortSignal.any([signal, limit]) : limit,
    });
  } catch (error) {
    if (signal?.aborted) throw error;
    const slow = limit.aborted;
    throw slow
      ? new Failure(0, "too_slow", "服务器没有及时应答，请稍后重试。", "The server did not answer in time. Try again in a moment.")
      : new Failure(0, "offline", "连接不上服务器，请检查网络后重试。", "The server cannot be reached. Check the network and try again.");
  }
  if (answer.ok) return answer.status === 204 ? null : answer.json();
  const failure = await failureOf(answer);
  if (failure.status === 401 && !quiet) onSignedOut();
  if (failure.status === 503 || failure.status === 504) onDown();
  throw failure;
}

async function failureOf(answer) {
  const error = await answer.json().then((body) => body?.error, () => null);
  if (error?.message) return new Failure(answer.status, error.code, error.message, error.message_en || error.message);
  const incident = answer.headers.get("x-incident-id");
  const which = incident ? [`（编号 ${incident}）`, ` (incident ${incident})`] : ["", ""];
  return new Failure(
    answer.status, "unexpected", `服务器出错${which[0]}，请重试；若仍不行，请联系系统管理员。`,
    `The server failed${which[1]}. Try again; if it stays so, tell the administrator.`);
}
