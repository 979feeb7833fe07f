// A picture beside a kind's name, guessed from the name. It only helps the eye: the name says everything.

import { svg } from "../core/h.js";

const PATHS = {
  brush: "M8.5 14.5 18 4.5a1.8 1.8 0 0 1 2.6 2.6L11 16.5M3 20c3.5.6 6-.6 6-3.4a2.5 2.5 0 0 0-5 0c0 1.5-.2 2.6-1 3.4z",
  lamp: "M7 21V6.5a3 3 0 0 1 3-3h3.5a3 3 0 0 1 3 3V7.5M13 7.5h7l1 3h-9zM4.5 21h5M16.5 13.5v2.5M13.5 13l-1 2M19.5 13l1 2",
  screen: "M3.5 5h17v11h-17zM8.5 20h7M12 16v4",
  washer: "M5 3h14v18H5zM5 7.5h14M12 18.2a3.7 3.7 0 1 0 0-7.4 3.7 3.7 0 0 0 0 7.4zM8 5.3h.01M11 5.3h.01",
  sofa: "M5.5 11V8a2 2 0 0 1 2-2h9a2 2 0 0 1 2 2v3M3.5 12.8a1.8 1.8 0 0 1 3.5 0V15h10v-2.2a1.8 1.8 0 0 1 3.5 0V18h-17zM6 18v2M18 18v2",
  paw: "M12 12.5c-2.5 0-4.5 2.2-4.5 4.3 0 3 2.6 2 4.5 2s4.5 1 4.5-2c0-2.1-2-4.3-4.5-4.3zM4 11.5a1.5 1.9 0 1 1 3 0 1.5 1.9 0 1 1-3 0z"
    + "M8 6.8a1.5 2 0 1 1 3 0 1.5 2 0 1 1-3 0zM13 6.8a1.5 2 0 1 1 3 0 1.5 2 0 1 1-3 0zM17 11.5a1.5 1.9 0 1 1 3 0 1.5 1.9 0 1 1-3 0z",
  tent: "M12 5 3 20h18zM12 5l-1.2-2M12 5l1.2-2M12 12.5 8.5 20M12 12.5l3.5 7.5",
  drop: "M12 3.5s6 6.4 6 10.7a6 6 0 0 1-12 0C6 9.9 12 3.5 12 3.5zM9 14.5a3 3 0 0 0 2.7 2.8",
  bin: "M5 7h14M9.5 7V4.5h5V7M6.5 7l1 13h9l1-13M10 11v5.5M14 11v5.5",
  tree: "M12 21v-8M12 17l2.5-2.5M12 3a5 5 0 0 0-4.6 7A4 4 0 0 0 9 17h6a4 4 0 0 0 1.6-7A5 5 0 0 0 12 3z",
  sound: "M4 9.5v5h3.5L12 18.5v-13L7.5 9.5zM15.5 9a4 4 0 0 1 0 6M18 6.5a8 8 0 0 1 0 11",
  car: "M4 17v-4.5l2-5h12l2 5V17zM4 12.5h16M6.5 17v2.5M17.5 17v2.5M7.5 14.8h.01M16.5 14.8h.01",
  road: "M8.5 3.5 4 20.5M15.5 3.5 20 20.5M12 4v3M12 10.5v3M12 17v3",
  talk: "M4 5h16v11h-9l-4.5 4v-4H4zM8 9h8M8 12.3h5",
  more: "M7.5 12h.4M11.8 12h.4M16.1 12h.4M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18z",
};

const GUESSES = [
  [/涂鸦|小广告|graffiti|poster/i, "brush"], [/灯|light/i, "lamp"], [/电子|electronic/i, "screen"], [/家电|appliance/i, "washer"],
  [/大件|bulky|furniture/i, "sofa"], [/动物|犬|animal|dog/i, "paw"], [/露宿|homeless|encampment|tent/i, "tent"],
  [/水|井盖|water|sewer|flood|drain/i, "drop"], [/树|绿化|tree|park\b/i, "tree"], [/噪|noise/i, "sound"],
  [/车|停|vehicle|parking/i, "car"], [/垃圾|保洁|waste|dump|trash|litter|garbage/i, "bin"],
  [/路|道|坑|road|street|pothole|sidewalk/i, "road"], [/意见|建议|咨询|feedback|question/i, "talk"],
];

export function kindMark(kind) {
  const names = `${kind.name ?? ""} ${kind.name_en ?? ""}`;
  const found = GUESSES.find(([test]) => test.test(names))?.[1] ?? "more";
  return svg(
    "svg", { class: "kind-mark", viewBox: "0 0 24 24", "aria-hidden": "true", focusable: "false" },
    svg("path", {
      d: PATHS[found], fill: "none", stroke: "currentColor", "stroke-width": 1.7, "stroke-linecap": "round", "stroke-linejoin": "round",
    }));
}
