import { accessEnd } from "./access-end.ts";
import { effects } from "./effects.ts";
import { forged } from "./forged.ts";
import { injection } from "./injection.ts";
import { mailKills } from "./mail-kills.ts";
import { mailSpeed } from "./mail-speed.ts";
import { order } from "./order.ts";
import { providerDown } from "./provider-down.ts";
import { rebuildTables } from "./rebuild.ts";
import { reconcileDrops } from "./reconcile.ts";
import type { Section } from "./run.ts";
import { usage } from "./usage.ts";
import { secretRotation } from "./secret-rotation.ts";
import { webhookAck } from "./webhook-ack.ts";
import { webhookD1Down } from "./webhook-d1-down.ts";
import { webhookKills } from "./webhook-kills.ts";

/** In the order in which they run. */
export const SECTIONS: readonly Section[] = [
  webhookAck,
  webhookD1Down,
  effects,
  forged,
  accessEnd,
  webhookKills,
  rebuildTables,
  reconcileDrops,
  secretRotation,
  order,
  mailKills,
  mailSpeed,
  providerDown,
  injection,
  usage,
];
