// Elements from values. Data reaches the page as text nodes and attributes only, never as markup.

const SVG = "http://www.w3.org/2000/svg";
const FORBIDDEN = new Set(["innerHTML", "outerHTML", "srcdoc", "style"]);
const listening = new WeakSet();

/** Whether something was to happen on this element: another one of the same looks is then not the same. */
export const listens = (element) => listening.has(element);

/** Makes an element: `h("a", {href, class: "x", onclick: f}, "text", child, [more])`. Null, undefined and false are left out. */
export function h(tag, properties, ...children) {
  return fill(document.createElement(tag), properties, children);
}

/** The same for SVG. */
export function svg(tag, properties, ...children) {
  return fill(document.createElementNS(SVG, tag), properties, children);
}

/** Replaces everything in an element. */
export function put(element, ...children) {
  element.replaceChildren(...flat(children));
  return element;
}

function fill(element, properties, children) {
  for (const [name, value] of Object.entries(properties ?? {})) set(element, name, value);
  element.append(...flat(children));
  return element;
}

function set(element, name, value) {
  if (value === null || value === undefined || value === false) return;
  if (name === "css") return Object.entries(value).forEach(([key, to]) => element.style.setProperty(key, to));
  if (FORBIDDEN.has(name)) throw new Error(`h: ${name} is not set here`);
  if (name.startsWith("on")) {
    listening.add(element);
    return element.addEventListener(name.slice(2), value);
  }
  if (name === "value" || name === "checked" || name === "selected" || name === "indeterminate") return void (element[name] = value);
  if ((name === "href" || name === "src") && !isSafe(value)) return;
  element.setAttribute(name, value === true ? "" : String(value));
}

/** Own addresses, telephone numbers and authenticator links; never `javascript:`. */
function isSafe(address) {
  return /^(\/(?!\/)|#|\?|tel:|otpauth:|blob:)/.test(String(address));
}

/** Children as nodes: lists opened, what is not there left out. */
export function flat(children) {
  return children
    .flat(Infinity)
    .filter((child) => child !== null && child !== undefined && child !== false && child !== true)
    .map((child) => (child instanceof Node ? child : document.createTextNode(String(child))));
}

/** Attributes that link a label or a hint to its field need ids that nobody else has. */
let last = 0;
export function freshID(prefix) {
  last += 1;
  return `${prefix}-${last}`;
}
