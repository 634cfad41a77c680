import { utf8 } from "@luna/shared/bytes";

import type { Provider } from "../provider.ts";
import { readEnvelope } from "./envelope.ts";
import { readEvent } from "./event.ts";
import { isSigned } from "./signature.ts";

export const lemonSqueezyEvents: Provider = {
  objectTypes: {
    subscription: "subscriptions",
    order: "orders",
    invoice: "subscription-invoices",
    license_key: "license-keys",
  },
  isSigned: (body, headers, secrets) => isSigned(body, headers.get("x-signature"), secrets),
  eventNameOf: (headers) => headers.get("x-event-name"),
  readEnvelope,
  readEvent,
  wrapObject: (object, ref = null) =>
    utf8(
      JSON.stringify({
        // Whether it was paid with a test card the object says itself.
        meta: {
          event_name: "object_fetched",
          ...(ref === null ? {} : { custom_data: { ref } }),
        },
        data: object,
      }),
    ),
};
