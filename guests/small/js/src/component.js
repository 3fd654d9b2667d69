// What componentize-qjs exports. Everything else is in the modules it imports.

import { small } from "./provider.js";
import { component } from "./tidegate/index.js";

export const provider = component(small);
