import { createHash } from "node:crypto";

/** A number from 0 up to but not 1 for one question, such as whether delivery 7 is lost. */
export type Draw = (question: string) => number;

const RANGE = 2 ** 32;

/**
 * With a seed the same question has the same answer in every run, whatever was asked before and
 * however events race. Without one, real dice.
 */
export const drawOf = (seed: number | null): Draw =>
  seed === null
    ? () => Math.random()
    : (question) =>
        createHash("sha256").update(`${seed} ${question}`).digest().readUInt32BE() / RANGE;
