import { ME } from "./me.ts";

/** The floor: one Worker that answers. */
export default { fetch: () => Response.json(ME) };
