import { type FileHandle, mkdir, open, readFile, rename } from "node:fs/promises";
import { dirname } from "node:path";

/**
 * An append-only file of JSON lines. When `append` resolves, the record is on disk: killing the
 * process afterwards loses nothing. Records that arrive while a sync runs share the next one.
 */
export interface Journal<T> {
  append(record: T): Promise<void>;
  /** Replaces the whole file in one step: after a crash it is the old one or the new one. */
  replace(records: readonly T[]): Promise<void>;
  close(): Promise<void>;
}

interface Waiting {
  line: string;
  done: () => void;
  failed: (error: unknown) => void;
}

const toLines = (records: readonly unknown[]): string =>
  records.map((record) => `${JSON.stringify(record)}\n`).join("");

/** A crash in the middle of a write leaves a torn line: it was never acknowledged, so it is skipped. */
const parseLines = <T>(text: string): T[] =>
  text.split("\n").flatMap((line) => {
    if (line === "") return [];
    try {
      return [JSON.parse(line) as T];
    } catch {
      return [];
    }
  });

const readText = async (file: string): Promise<string> => {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return "";
    throw error;
  }
};

/** A rename is only durable once the folder that holds the name is. */
const syncFolder = async (folder: string): Promise<void> => {
  const handle = await open(folder, "r");
  await handle.sync();
  await handle.close();
};

const replaceFile = async (file: string, text: string): Promise<FileHandle> => {
  const handle = await open(`${file}.next`, "w", 0o600);
  await handle.writeFile(text);
  await handle.sync();
  await rename(`${file}.next`, file);
  await syncFolder(dirname(file));
  return handle;
};

/**
 * Opens `file`, creating it and its folder, and reads what is there. Opening changes nothing, so a
 * second process that then finds its port taken has done no harm.
 */
export const openJournal = async <T>(
  file: string,
): Promise<{ records: T[]; journal: Journal<T> }> => {
  await mkdir(dirname(file), { recursive: true });
  const text = await readText(file);
  const records = parseLines<T>(text);
  let handle = await open(file, "a", 0o600);
  await syncFolder(dirname(file));
  let waiting: Waiting[] = [];
  let torn = text !== "" && !text.endsWith("\n");
  let tail: Promise<void> = Promise.resolve();

  const writeWaiting = async (): Promise<void> => {
    const batch = waiting;
    waiting = [];
    if (batch.length === 0) return;
    try {
      // After a failed write the file may end inside a line; a line break ends it.
      await handle.appendFile((torn ? "\n" : "") + batch.map(({ line }) => line).join(""));
      await handle.datasync();
      torn = false;
      for (const { done } of batch) done();
    } catch (error) {
      torn = true;
      for (const { failed } of batch) failed(error);
    }
  };
  const inTurn = (work: () => Promise<void>): Promise<void> => {
    const turn = tail.then(work);
    tail = turn.catch(() => {});
    return turn;
  };

  const journal: Journal<T> = {
    append: (record) =>
      new Promise<void>((done, failed) => {
        waiting.push({ line: toLines([record]), done, failed });
        void inTurn(writeWaiting);
      }),
    replace: (next) =>
      inTurn(async () => {
        const replaced = handle;
        handle = await replaceFile(file, toLines(next));
        await replaced.close();
      }),
    close: () => inTurn(() => handle.close()),
  };
  return { records, journal };
};
