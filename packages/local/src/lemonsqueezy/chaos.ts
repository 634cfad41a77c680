import { parseObject } from "../fault.ts";
import type { Chaos } from "./records.ts";

const CHANCES = ["drop", "repeat", "reorder"] as const;

const isChance = (value: unknown): value is number =>
  typeof value === "number" && value >= 0 && value <= 1;

const isStatus = (value: unknown): value is number | null =>
  value === null || (Number.isInteger(value) && Number(value) >= 100 && Number(value) <= 599);

/** The chaos a request body asks for, or what is wrong with it. What it leaves out stays as it is. */
export const parseChaos = (body: string, current: Chaos): Chaos | { problem: string } => {
  const input = parseObject(body);
  if (input === null) return { problem: "The body must be a JSON object." };
  const next: Chaos = {
    drop: current.drop,
    repeat: current.repeat,
    reorder: current.reorder,
    status: current.status,
  };
  for (const [name, value] of Object.entries(input)) {
    const chance = CHANCES.find((known) => known === name);
    if (chance !== undefined && isChance(value)) next[chance] = value;
    else if (name === "status" && isStatus(value)) next.status = value;
    else {
      const problem = `"${name}" is wrong: drop, repeat and reorder are from 0 to 1, status is an HTTP status or null.`;
      return { problem };
    }
  }
  return next;
};
