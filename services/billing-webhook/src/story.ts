import type { Row } from "@luna/shared/d1/database";

import type { Observed } from "./clock.ts";
import { observe } from "./observe.ts";
import { standing } from "./order-guard.ts";
import type { Event, Told } from "./told.ts";

/** A delivery that was applied, or would have been if nothing later had been known. */
export interface Applied {
  id: string;
  objectId: string;
  event: Event;
}

/** All deliveries of one object, and what of them stands. */
export interface Story {
  events: readonly Applied[];
  told: Told;
  digest: string;
  /** The delivery that stands. */
  eventId: string;
}

/** What the deliveries of one object tell together, in whatever order; `null` if they tell nothing. */
export const storyOf = async (events: readonly Applied[]): Promise<Story | null> => {
  let known: Observed<Told["value"]> | null = null;
  let story: Story | null = null;
  for (const { id, event } of events) {
    const seen: Observed<Told["value"]> = await observe(event.told);
    if (standing(known, seen) !== seen) continue;
    known = seen;
    story = { events, told: event.told, digest: seen.digest, eventId: id };
  }
  return story;
};

/** Columns are named as the properties are, in the database's spelling. */
const columnOf = (property: string): string =>
  property.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/** The columns of a stored row that are not what its deliveries tell. */
export const differing = ({ told, digest }: Story, row: Row): string[] =>
  Object.entries({ ...told.value, ...told.clock, digest })
    .map(([property, value]) => ({ column: columnOf(property), value }))
    .filter(({ column, value }) => row[column] !== value)
    .map(({ column }) => column);
