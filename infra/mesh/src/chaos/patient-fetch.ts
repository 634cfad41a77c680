import { pause } from "./provider-event.ts";

/** `npm start` notices a front that hangs within ten seconds, and needs a minute on a busy machine. */
const PATIENCE_MS = 180_000;
const AGAIN_EVERY_MS = 1_000;

/** Asks again while nobody answers at all, as people do; whatever is answered is the answer. */
export const patientFetch = async (url: string, init?: RequestInit): Promise<Response> => {
  const end = performance.now() + PATIENCE_MS;
  for (;;) {
    try {
      return await fetch(url, init);
    } catch (error) {
      if (performance.now() > end) throw error;
      await pause(AGAIN_EVERY_MS);
    }
  }
};
