import { greeting } from "./greeting.ts";
import type { Phrases } from "./letter.ts";

export const en: Phrases = {
  verify: ({ name, link }) => ({
    subject: "Confirm your email address",
    preview: "One click and your account is ready.",
    heading: "Confirm your email address",
    paragraphs: [
      greeting("Hello", name),
      "Somebody, hopefully you, signed up with this address. Confirm it to finish.",
    ],
    action: { label: "Confirm address", url: link },
    details: [],
    notes: [
      "The link works once and only for a limited time.",
      "If it was not you, ignore this mail: without the link nothing happens.",
    ],
  }),
  account_exists: ({ name, link }) => ({
    subject: "You already have an account",
    preview: "Somebody tried to sign up with your address.",
    heading: "You already have an account",
    paragraphs: [
      greeting("Hello", name),
      "Somebody tried to sign up with this address, which already belongs to your account. Nothing has changed.",
      "If it was you, sign in instead, or reset your password if you no longer know it.",
    ],
    action: { label: "Sign in", url: link },
    details: [],
    notes: ["If it was not you, there is nothing to do."],
  }),
  reset: ({ name, link }) => ({
    subject: "Reset your password",
    preview: "Choose a new password for your account.",
    heading: "Reset your password",
    paragraphs: [
      greeting("Hello", name),
      "Somebody, hopefully you, asked for a new password for your account. Choose one to sign in again; every device is then signed out.",
    ],
    action: { label: "Choose a new password", url: link },
    details: [],
    notes: [
      "The link works once and for 30 minutes.",
      "If it was not you, ignore this mail: your password stays as it is.",
    ],
  }),
  receipt: ({ name, plan, amount, invoice }) => ({
    subject: `Your receipt for ${plan}`,
    preview: `We received ${amount}. Thank you.`,
    heading: "Thank you for your payment",
    paragraphs: [greeting("Hello", name), "Your payment went through and your plan is active."],
    action: null,
    details: [
      ["Plan", plan],
      ["Amount", amount],
      ["Invoice", invoice],
    ],
    notes: ["Keep this mail as your receipt."],
  }),
  layout: {
    pasteLink: "If the button does not work, open this address:",
    footer: (support) => `Questions? Write to ${support}.`,
  },
};
