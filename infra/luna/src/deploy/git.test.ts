import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, expect, it } from "vitest";

import { openGit } from "./git.ts";

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "luna-git-"));
  execFileSync("git", ["init", "-q", root]);
});
afterEach(() => rmSync(root, { recursive: true }));

const commit = (text: string): void => {
  writeFileSync(join(root, "a.txt"), text);
  const who = ["-c", "user.name=t", "-c", "user.email=t@luna.test", "-c", "commit.gpgsign=false"];
  execFileSync("git", ["-C", root, "add", "."]);
  execFileSync("git", ["-C", root, ...who, "commit", "-q", "-m", `write ${text}`]);
};

it("has no commit in an empty repository, and no parent of the first one", () => {
  const git = openGit(root);
  expect(git.commit("HEAD")).toBeNull();
  commit("one");
  expect(git.commit("HEAD")).toMatch(/^[0-9a-f]{40}$/);
  expect(git.commit("HEAD~1")).toBeNull();
});

it("shows what changed and what was there before", () => {
  const git = openGit(root);
  commit("one");
  commit("two");
  expect(git.changed("HEAD~1", "HEAD")).toEqual(["a.txt"]);
  expect(git.show("HEAD~1", "a.txt")).toBe("one");
  expect(git.show("HEAD", "b.txt")).toBeNull();
  expect(git.subject("HEAD")).toBe("write two");
});

it("does not take a revision for an option", () => {
  expect(openGit(root).commit("--version")).toBeNull();
});
