// The city as people call it. Where only its code is known (`los-angeles`), the code is written like a name.

import { pick } from "./i18n.js";

export function cityName(city) {
  const name = pick(city?.name, city?.name_en ?? city?.name) ?? "";
  if (!/^[a-z0-9]+(-[a-z0-9]+)*$/.test(name)) return name;
  return name.split("-").map((word) => word[0].toUpperCase() + word.slice(1)).join(" ");
}
