import { faultSwitch } from "../fault.ts";
import { serve } from "../http-server.ts";
import { type ApiFault, guardApi } from "./api-guard.ts";
import { apiFailure } from "./api-reply.ts";
import { apiRoutes } from "./api-routes.ts";
import { callCounter } from "./call-counter.ts";
import { checkoutRoutes } from "./checkout-page.ts";
import { bulkControls } from "./control-bulk.ts";
import { deliveryControls } from "./control-deliveries.ts";
import { subscriptionControls } from "./control-subscriptions.ts";
import { traceControls } from "./control-traces.ts";
import { weatherControls } from "./control-weather.ts";
import { indexRoutes } from "./index-page.ts";
import type { Store } from "./json-api.ts";
import { storeStyle } from "./page.ts";
import { portalRoutes } from "./portal-page.ts";
import { startSender } from "./sender.ts";
import { chaosOf, type Shop } from "./shop.ts";
import { openState } from "./state.ts";

const MAX_BODY_BYTES = 256 * 1024;

/** A second of the retry ladder is a second, unless a test is in a hurry. */
const REAL_SECOND_MS = 1_000;

export interface LemonSqueezyOptions {
  /** 0 takes a free one. */
  port: number;
  /** JSON lines with everything the emulator knows, pending webhooks included; created if missing. */
  file: string;
  webhookUrl: string;
  webhookSecret: string;
  apiKey: string;
  storeId: string | number;
  /** How long a second of the retry ladder lasts, in milliseconds. */
  retryScaleMs?: number;
  /** How late the API answers while its fault is `slow`, in milliseconds. */
  slowMs?: number;
}

export interface LemonSqueezy {
  port: number;
  close(): Promise<void>;
}

/**
 * Starts the emulator on 127.0.0.1; webhooks still pending from an earlier run go on where they
 * were. Rejects with a one-line message naming the port if it is taken.
 */
export const startLemonSqueezy = async (options: LemonSqueezyOptions): Promise<LemonSqueezy> => {
  const { port, file, webhookUrl, webhookSecret, apiKey, storeId } = options;
  const scaleMs = options.retryScaleMs ?? REAL_SECOND_MS;
  const clock = Date.now;
  const state = await openState(file);
  const unsent = state.list("progress");
  const chaos = () => chaosOf(state);
  const sender = startSender({
    state,
    url: webhookUrl,
    secret: webhookSecret,
    scaleMs,
    chaos,
    clock,
  });
  const store: Store = { id: Number(storeId), origin: "", linkSecret: apiKey };
  const shop: Shop = { state, store, sender, scaleMs, clock, pace: clock };
  const counter = callCounter(clock);
  const faults = faultSwitch<ApiFault>("none");
  const slow = options.slowMs === undefined ? {} : { slowMs: options.slowMs };
  try {
    const server = await serve({
      port,
      name: "LemonSqueezy emulator",
      routes: [
        ...guardApi(apiRoutes(shop), { apiKey, counter, faults, ...slow }),
        ...checkoutRoutes(shop),
        ...portalRoutes(shop),
        ...subscriptionControls(shop),
        ...bulkControls(shop),
        ...traceControls(shop),
        ...deliveryControls(shop, counter),
        ...weatherControls(shop, faults, counter),
        ...indexRoutes(shop),
        ["GET", "/store.css", storeStyle],
      ],
      renderFailure: apiFailure,
      maxBodyBytes: MAX_BODY_BYTES,
    });
    // Links need the port, which is known only now; the port is also what keeps a second emulator
    // from touching this file. By name, as everything that a person opens here.
    store.origin = `http://localhost:${server.port}`;
    await state.compact();
    sender.send(unsent);
    const close = async (): Promise<void> => {
      await Promise.all([server.close(), sender.close()]);
      await state.close();
    };
    return { port: server.port, close };
  } catch (error) {
    await sender.close();
    await state.close();
    throw error;
  }
};
