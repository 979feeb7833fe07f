// Chinese first, English beside it. Every text is a pair, so neither language can lack one.

import { texts } from "../texts/all.js";

const STORED = "chengyun.language";
let language = initial();

/** "zh" or "en". */
export const lang = () => language;
export const isChinese = () => language === "zh";

/** The text of a key, with `{name}` replaced. An unknown key is a mistake of ours: it shows itself. */
export function t(key, values) {
  const pair = texts[key];
  if (!pair) {
    console.error(`no text for ${key}`);
    return key;
  }
  const text = pair[isChinese() ? 0 : 1];
  return values ? text.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? String(values[name]) : whole)) : text;
}

export const has = (key) => key in texts;

/** The better of two names that data brings along. */
export function pick(chinese, english) {
  return isChinese() ? chinese || english || "" : english || chinese || "";
}

/** What a service wrote in both languages, Chinese in the first line and English in the second; anything else as it is. */
export function tongue(text) {
  const lines = (text ?? "").split("\n");
  return lines.length === 2 ? pick(...lines) : (text ?? "");
}

/** A thing's `name`/`name_en` (or another stem). */
export const nameOf = (thing, stem = "name") => (thing ? pick(thing[stem], thing[`${stem}_en`]) : "");

/** What went wrong, in this language. */
export function sentence(error) {
  if (error?.words) return pick(error.words.zh, error.words.en);
  console.error(error);
  return t("error.own");
}

export function switchTo(code) {
  language = code === "en" ? "en" : "zh";
  remember(language);
  apply();
}

export function apply() {
  document.documentElement.lang = isChinese() ? "zh-CN" : "en";
}

function initial() {
  const asked = new URLSearchParams(location.search).get("lang");
  if (asked === "en" || asked === "zh") {
    remember(asked);
    return asked;
  }
  try {
    return localStorage.getItem(STORED) === "en" ? "en" : "zh";
  } catch {
    return "zh";
  }
}

function remember(code) {
  try {
    localStorage.setItem(STORED, code);
  } catch {
    // A browser that keeps nothing: the choice holds for this page.
  }
}
