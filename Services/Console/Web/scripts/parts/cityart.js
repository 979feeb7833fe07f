// A city seen from above, only for the eye: streets, a river, and a case's way through it.

import { svg } from "../core/h.js";

const [WIDTH, HEIGHT] = [720, 900];
const STREETS_ACROSS = [40, 108, 176, 262, 330, 398, 480, 552, 620, 700, 780, 860];
const STREETS_DOWN = [30, 96, 176, 244, 330, 392, 470, 548, 610, 690];
const AVENUES = "M-20 205 740 120M-20 520 740 435M285 -20 355 920M585 -20 505 920M-20 860 420 330 640 -20";
const RIVER = "M760 250C640 300 640 400 560 450 470 505 430 600 300 640 190 675 120 720 60 920";
const WAY = "M96 690 176 690 176 552 330 552 330 398 470 398 470 262 548 262 548 176 690 176";
const STOPS = [[176, 552], [330, 398], [548, 262]];
const CASES = [[96, 262], [244, 176], [392, 108], [610, 330], [392, 620], [244, 780], [610, 552], [470, 700], [96, 398]];

export function cityArt() {
  // The grid leans a little, as grown cities do.
  const across = STREETS_ACROSS.map((y) => `M-20 ${y} 740 ${y}`).join("");
  const down = STREETS_DOWN.map((x) => `M${x} -20 ${x} 920`).join("");
  const line = (d, width, colour, more) => svg("path", { d, fill: "none", stroke: colour, "stroke-width": width, ...more });
  return svg(
    "svg", { class: "sign-in-art", viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: "xMidYMid slice", "aria-hidden": "true" },
    svg("g", { transform: `rotate(-6 ${WIDTH / 2} ${HEIGHT / 2}) scale(1.14) translate(-45 -56)` },
      line(RIVER, 34, "#16306b", { "stroke-linecap": "round" }), line(across + down, 1, "#1e3a78"), line(AVENUES, 2.5, "#27478f"),
      CASES.map(([cx, cy]) => svg("circle", { cx, cy, r: 4, fill: "#4f78d8" })),
      line(WAY, 4, "#7ea3ff", { "stroke-linejoin": "round", "stroke-linecap": "round" }),
      STOPS.map(([cx, cy]) => svg("circle", { cx, cy, r: 7, fill: "#10224f", stroke: "#7ea3ff", "stroke-width": 3.5 })),
      svg("circle", { cx: 690, cy: 176, r: 18, fill: "#7ea3ff", opacity: .25 }), svg("circle", { cx: 690, cy: 176, r: 9, fill: "#fff" }),
      svg("circle", { cx: 96, cy: 690, r: 9, fill: "#7ea3ff" })));
}
