// All texts of the pages: key → [Chinese, English].

import { common } from "./common.js";
import { centre } from "./centre.js";
import { work } from "./work.js";
import { insight } from "./insight.js";
import { administration } from "./administration.js";
import { citizen } from "./citizen.js";

export const texts = Object.freeze({ ...common, ...centre, ...work, ...insight, ...administration, ...citizen });
