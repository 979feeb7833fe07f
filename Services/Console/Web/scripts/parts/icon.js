// Icons, drawn on a 16 × 16 grid with one stroke.

import { svg } from "../core/h.js";

const PATHS = {
  centre: "M2 12.5 6 4l3.5 6L12 6l2 6.5M2 12.5h12",
  cases: "M3.5 2.5h6l3 3v8h-9zM9.5 2.5v3h3M5.5 8.5h5M5.5 11h3.5",
  worklist: "M2.5 4l1.2 1.2L6 3M8.5 4h5M2.5 8.5l1.2 1.2L6 7.5M8.5 8.5h5M3 13h.01M8.5 13h5",
  tasks: "M4 2.5h8v11H4zM6.5 11.5h3M6.5 5.5h3M6.5 8h3",
  lifeline: "M1.5 8.5h3l1.5-5 3 9.5 2-6 1 1.5h2.5",
  evaluation: "M3 13.5v-5M8 13.5v-11M13 13.5v-8",
  users: "M6 7.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5zM1.5 13.5c0-2.5 2-4 4.5-4s4.5 1.5 4.5 4M11 3a2.3 2.3 0 0 1 0 4.3M12.2"
    + " 9.8c1.5.5 2.3 1.8 2.3 3.7",
  departments: "M2.5 13.5v-8l4-3v11M6.5 6.5h7v7M1.5 13.5h13M9 9h2M9 11.3h2M4.3 7.5h.4M4.3 10h.4",
  audit: "M8 1.8l5 1.7v4c0 3.2-2 5.5-5 6.7-3-1.2-5-3.5-5-6.7v-4zM5.8 8l1.6 1.6 3-3.2",
  account: "M8 8a2.8 2.8 0 1 0 0-5.6A2.8 2.8 0 0 0 8 8zM2.8 13.8c.3-2.6 2.4-4 5.2-4s4.9 1.4 5.2 4",
  leave: "M6.5 2.5h-4v11h4M10 5l3 3-3 3M13 8H6",
  search: "M7 12a5 5 0 1 0 0-10 5 5 0 0 0 0 10zM10.8 10.8 14 14",
  filter: "M2 3.5h12M4.5 8h7M6.5 12.5h3",
  menu: "M2.5 4.5h11M2.5 8h11M2.5 11.5h11",
  close: "M4 4l8 8M12 4l-8 8",
  right: "M6 3.5 10.5 8 6 12.5",
  left: "M10 3.5 5.5 8l4.5 4.5",
  down: "M3.5 6 8 10.5 12.5 6",
  up: "M3.5 10 8 5.5l4.5 4.5",
  check: "M3 8.5 6.5 12 13 4.5",
  plus: "M8 3v10M3 8h10",
  minus: "M3 8h10",
  clock: "M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12zM8 4.8V8l2.2 1.6",
  pin: "M8 14.2S3.2 9.8 3.2 6.5a4.8 4.8 0 1 1 9.6 0C12.8 9.8 8 14.2 8 14.2zM8 8.2a1.7 1.7 0 1 0 0-3.4 1.7 1.7 0 0 0 0 3.4z",
  warning: "M8 2.2 14.5 13.5h-13zM8 6.5v3.2M8 11.7h.01",
  info: "M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12zM8 7.3v3.7M8 5h.01",
  download: "M8 2.5v7.5M4.8 7 8 10.2 11.2 7M2.5 13.5h11",
  print: "M4.5 5.5v-3h7v3M4.5 11.5h-2v-6h11v6h-2M4.5 9.5h7v4h-7z",
  eye: "M1.5 8S4 3.5 8 3.5 14.5 8 14.5 8 12 12.5 8 12.5 1.5 8 1.5 8zM8 10a2 2 0 1 0 0-4 2 2 0 0 0 0 4z",
  star: "M8 1.8l1.9 4 4.3.5-3.2 3 .9 4.3L8 11.5l-3.9 2.1.9-4.3-3.2-3 4.3-.5z",
  phone: "M3 2.5h3l1 3.5-1.7 1.2a8 8 0 0 0 3.5 3.5L10 9l3.5 1v3c0 .5-.5 1-1 1C6.5 14 2 9.5 2 3.5c0-.5.5-1 1-1z",
  locate: "M8 11.5a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7zM8 1.5v3M8 11.5v3M1.5 8h3M11.5 8h3",
  text: "M2 13 6 3l4 10M3.4 9.5h5.2M11.5 13v-5M14.5 8h-6",
  save: "M3 2.5h10v11L8 10.5l-5 3z",
  wall: "M1.5 3h13v8.5h-13zM5.5 14h5M8 11.5V14",
  live: "M8 9.5a1.5 1.5 0 1 0 0-3 1.5 1.5 0 0 0 0 3zM4.5 4.5a5 5 0 0 0 0 7M11.5 4.5a5 5 0 0 1 0 7",
  link: "M6.5 9.5l3-3M7 4.5l1.5-1.5a3 3 0 0 1 4.5 4.5L11.5 9M9 11.5 7.5 13A3 3 0 0 1 3 8.5L4.5 7",
  key: "M5 11.5a3 3 0 1 0 0-6 3 3 0 0 0 0 6zM8 8.5h6.5v2.5M12 8.5v2",
};

export function icon(name, { size = 16, label } = {}) {
  const about = label ? { role: "img", "aria-label": label } : { "aria-hidden": "true" };
  return svg(
    "svg", { class: "icon", viewBox: "0 0 16 16", width: size, height: size, focusable: "false", ...about },
    svg("path", {
      d: PATHS[name] ?? PATHS.info, fill: "none", stroke: "currentColor", "stroke-width": 1.4,
      "stroke-linecap": "round", "stroke-linejoin": "round",
    }));
}
