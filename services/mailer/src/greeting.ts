/** Longer is no name. */
const MAX_NAME = 60;

/**
 * `Hello Ada,`: without the name when it could be read as an address. Whoever signs a stranger up
 * chooses that name, and our mail must not carry their advertisement.
 */
export const greeting = (hello: string, name: string): string => {
  const given = name.trim();
  const risky = given.length > MAX_NAME || /[/@\\]|\w\.\w/.test(given);
  return given === "" || risky ? `${hello},` : `${hello} ${given},`;
};
