import { parse } from "yaml";

interface Importer {
  dependencies?: Record<string, { version: string }>;
  devDependencies?: Record<string, { version: string }>;
}

interface Lockfile {
  importers?: Record<string, Importer>;
  snapshots?: Record<string, { dependencies?: Record<string, string> }>;
}

const withoutPeers = (text: string): string => text.replace(/\(.*$/, "");

/**
 * Every npm package, as `name@version`, that the production dependencies of one workspace folder
 * reach, through workspace packages too. Reads the text of a pnpm-lock.yaml (version 9).
 */
export const reachable = (lockText: string, importer: string): Set<string> => {
  const lock = parse(lockText) as Lockfile;
  const found = new Set<string>();
  const visited = new Set<string>();
  const visitPackage = (key: string): void => {
    if (visited.has(key)) return;
    visited.add(key);
    found.add(withoutPeers(key));
    const dependencies = lock.snapshots?.[key]?.dependencies ?? {};
    for (const [name, version] of Object.entries(dependencies)) visitPackage(`${name}@${version}`);
  };
  const visitImporter = (folder: string): void => {
    if (visited.has(folder)) return;
    visited.add(folder);
    for (const [name, { version }] of Object.entries(lock.importers?.[folder]?.dependencies ?? {}))
      if (version.startsWith("link:")) visitImporter(resolveLink(folder, version.slice(5)));
      else visitPackage(`${name}@${version}`);
  };
  visitImporter(importer);
  return found;
};

const resolveLink = (folder: string, link: string): string => {
  const parts = folder.split("/");
  for (const part of link.split("/"))
    if (part === "..") parts.pop();
    else parts.push(part);
  return parts.join("/");
};

/** The version of a tool of the whole repository, or null. */
export const toolVersion = (lockText: string, name: string): string | null => {
  const version = (parse(lockText) as Lockfile).importers?.["."]?.devDependencies?.[name]?.version;
  return version === undefined ? null : withoutPeers(version);
};
