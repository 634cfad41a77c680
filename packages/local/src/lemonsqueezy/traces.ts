import cancelAndExpire from "../../traces/cancel-and-expire.json" with { type: "json" };
import cancelAndResume from "../../traces/cancel-and-resume.json" with { type: "json" };
import cancelledSaysExpired from "../../traces/cancelled-says-expired.json" with { type: "json" };
import conflictInOneSecond from "../../traces/conflict-in-one-second.json" with { type: "json" };
import customDataOnce from "../../traces/custom-data-once.json" with { type: "json" };
import equalUpdatedAt from "../../traces/equal-updated-at.json" with { type: "json" };
import failureAndRecovery from "../../traces/failure-and-recovery.json" with { type: "json" };
import fullRefund from "../../traces/full-refund.json" with { type: "json" };
import licenseKey from "../../traces/license-key.json" with { type: "json" };
import partialRefund from "../../traces/partial-refund.json" with { type: "json" };
import pauseAndUnpause from "../../traces/pause-and-unpause.json" with { type: "json" };
import pauseFree from "../../traces/pause-free.json" with { type: "json" };
import paymentBeforeCreated from "../../traces/payment-before-created.json" with { type: "json" };
import paymentFailedSaysPaid from "../../traces/payment-failed-says-paid.json" with { type: "json" };
import paypalWithoutPayment from "../../traces/paypal-without-payment.json" with { type: "json" };
import plainPurchase from "../../traces/plain-purchase.json" with { type: "json" };
import planChange from "../../traces/plan-change.json" with { type: "json" };
import refundedRenewal from "../../traces/refunded-renewal.json" with { type: "json" };
import renewsAtTooEarly from "../../traces/renews-at-too-early.json" with { type: "json" };
import retriesExhausted from "../../traces/retries-exhausted.json" with { type: "json" };
import seatChanges from "../../traces/seat-changes.json" with { type: "json" };
import shapeOf2023 from "../../traces/shape-of-2023.json" with { type: "json" };
import threeInOneSecond from "../../traces/three-in-one-second.json" with { type: "json" };
import trial from "../../traces/trial.json" with { type: "json" };
import undocumentedEvents from "../../traces/undocumented-events.json" with { type: "json" };
import unknownEvents from "../../traces/unknown-events.json" with { type: "json" };
import type { Trace } from "./trace.ts";

/** Every trace there is. Imported one by one, so that Workers can read them too. */
export const TRACES: readonly Trace[] = [
  cancelAndExpire,
  cancelAndResume,
  cancelledSaysExpired,
  conflictInOneSecond,
  customDataOnce,
  equalUpdatedAt,
  failureAndRecovery,
  fullRefund,
  licenseKey,
  partialRefund,
  pauseAndUnpause,
  pauseFree,
  paymentBeforeCreated,
  paymentFailedSaysPaid,
  paypalWithoutPayment,
  plainPurchase,
  planChange,
  refundedRenewal,
  renewsAtTooEarly,
  retriesExhausted,
  seatChanges,
  shapeOf2023,
  threeInOneSecond,
  trial,
  undocumentedEvents,
  unknownEvents,
] as unknown as readonly Trace[];
