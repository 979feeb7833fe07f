// The citizens' pages: report, follow, results. Nobody signs in here.

import { apply, t } from "./core/i18n.js";

apply();
document.title = t("citizen.title");
