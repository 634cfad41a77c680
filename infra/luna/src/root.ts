import { resolve } from "node:path";

/** The repository this command line belongs to. */
export const ROOT = resolve(import.meta.dirname, "../../..");
