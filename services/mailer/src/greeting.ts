/** Longer is no name. */
const MAX_NAME = 60;

/** What mail programs may make a link of, in any script: `evil.example`, `зло.рф`, `。` for a dot. */
const ADDRESS = /[/@\\]|[\p{L}\p{N}][.。][\p{L}\p{N}]/u;

/**
 * A name that a person chose, or nothing when it could be read as an address. Whoever signs a
 * stranger up or invites one chooses that name, and our mail must not carry their advertisement.
 */
export const harmless = (name: string): string => {
  const given = name.trim();
  const risky = given.length > MAX_NAME || ADDRESS.test(given.normalize("NFKC"));
  return risky ? "" : given;
};

/** `Hello Ada,`, or `Hello,` without a name that may be shown. */
export const greeting = (hello: string, name: string): string => {
  const given = harmless(name);
  return given === "" ? `${hello},` : `${hello} ${given},`;
};
