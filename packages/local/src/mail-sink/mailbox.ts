import { randomUUID } from "node:crypto";

import { openJournal } from "../journal.ts";
import type { Message } from "./message.ts";

/** What a mail is before the mailbox has taken it in. */
export type Delivery = Omit<Message, "id" | "receivedAt">;

/** Mails on disk and in memory. */
export interface Mailbox {
  /** Resolves when the mail is on disk: only then may anybody be told that it was accepted. */
  store(delivery: Delivery): Promise<Message>;
  /** Newest first. */
  list(): readonly Message[];
  find(id: string): Message | undefined;
  clear(): Promise<void>;
  /** Changes whenever the list does. */
  version(): string;
  close(): Promise<void>;
}

export const openMailbox = async (
  file: string,
  clock: () => number = Date.now,
): Promise<Mailbox> => {
  const { records, journal } = await openJournal<Message>(file);
  let messages = records.toReversed();
  return {
    store: async (delivery) => {
      const receivedAt = new Date(clock()).toISOString();
      const message: Message = { id: randomUUID(), ...delivery, receivedAt };
      await journal.append(message);
      messages.unshift(message);
      return message;
    },
    list: () => messages,
    find: (id) => messages.find((message) => message.id === id),
    clear: async () => {
      await journal.replace([]);
      messages = [];
    },
    version: () => `${messages.length}-${messages[0]?.id ?? "empty"}`,
    close: () => journal.close(),
  };
};
