import { publicDoor } from "@luna/shared/http/public-door";

import type { Env } from "./env.ts";
import { service } from "./service.ts";

/** The provider's own way in, so that a gateway outage loses no event. */
export const openDoor = publicDoor<Env>(service, "/webhooks/sendgrid");
