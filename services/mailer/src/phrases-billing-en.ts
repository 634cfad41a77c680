import { greeting } from "./greeting.ts";
import type { BillingTemplate, PhrasesOf } from "./letter.ts";

export const billingEn: PhrasesOf<BillingTemplate> = {
  receipt: ({ name, plan, amount, invoice }) => ({
    subject: `Your receipt for ${plan}`,
    preview: `We received ${amount}. Thank you.`,
    heading: "Thank you for your payment",
    paragraphs: [greeting("Hello", name), "Your payment went through and your plan is active."],
    details: [
      ["Plan", plan],
      ["Amount", amount],
      ["Invoice", invoice],
    ],
    notes: ["Keep this mail as your receipt."],
  }),
  payment_failed: ({ name, plan, amount, link }) => ({
    subject: `Your payment for ${plan} failed`,
    preview: "Check your payment method to keep your plan.",
    heading: "Your payment failed",
    paragraphs: [
      greeting("Hello", name),
      "We could not collect the payment for your plan. Check your payment method, so that you keep it.",
    ],
    details: [
      ["Plan", plan],
      ["Amount", amount],
    ],
    action: { label: "Check payment method", url: link },
    notes: ["If you have paid in the meantime, there is nothing to do."],
  }),
  payment_recovered: ({ name, plan, amount }) => ({
    subject: `Your payment for ${plan} has arrived`,
    preview: `We received ${amount}. Your plan goes on.`,
    heading: "Your payment has arrived",
    paragraphs: [
      greeting("Hello", name),
      "The payment that had failed went through after all. Your plan goes on as before.",
    ],
    details: [
      ["Plan", plan],
      ["Amount", amount],
    ],
    notes: ["Thank you for taking care of it."],
  }),
  subscription_cancelled: ({ name, plan, endsAt, link }) => ({
    subject: `Your plan ${plan} is cancelled`,
    preview: `It stays active until ${endsAt}.`,
    heading: "Your plan is cancelled",
    paragraphs: [
      greeting("Hello", name),
      "Your plan is cancelled, and you will not be charged again. Until the day it ends you can use all of it.",
      "If you change your mind, you can resume it until then.",
    ],
    details: [
      ["Plan", plan],
      ["Ends on", endsAt],
    ],
    action: { label: "Resume plan", url: link },
  }),
  plan_changed: ({ name, oldPlan, plan, at }) => ({
    subject: `Your plan is now ${plan}`,
    preview: `It was ${oldPlan} before.`,
    heading: `Your plan is now ${plan}`,
    paragraphs: [greeting("Hello", name), "Your plan has changed. Its limits apply from now on."],
    details: [
      ["Before", oldPlan],
      ["Now", plan],
      ["Since", at],
    ],
    notes: ["If you did not expect this, write to us."],
  }),
  claim_purchase: ({ account, order, link, validFor }) => ({
    subject: "Link your purchase to an account",
    preview: "One click and the purchase belongs to the account.",
    heading: "Link your purchase to an account",
    paragraphs: [
      "Hello,",
      "Somebody, hopefully you, wants to use a purchase made with this address in an account. Confirm that it is yours.",
    ],
    details: [
      ["Order", order],
      ["Account", account],
    ],
    action: { label: "Link purchase", url: link },
    notes: [
      `The link works once and for ${validFor}.`,
      "If it was not you, ignore this mail: without the link nothing happens.",
    ],
  }),
};
