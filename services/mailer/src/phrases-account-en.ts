import { greeting, harmless } from "./greeting.ts";
import type { AccountTemplate, PhrasesOf } from "./letter.ts";

export const accountEn: PhrasesOf<AccountTemplate> = {
  verify: ({ name, link }) => ({
    subject: "Confirm your email address",
    preview: "One click and your account is ready.",
    heading: "Confirm your email address",
    paragraphs: [
      greeting("Hello", name),
      "Somebody, hopefully you, signed up with this address. Confirm it to finish.",
    ],
    action: { label: "Confirm address", url: link },
    notes: [
      "The link works once and only for a limited time.",
      "If it was not you, ignore this mail: without the link nothing happens.",
    ],
  }),
  account_exists: ({ name, link }) => ({
    subject: "You already have an account",
    preview: "Somebody tried to register your address.",
    heading: "You already have an account",
    paragraphs: [
      greeting("Hello", name),
      "Somebody tried to register this address, which already belongs to your account. Nothing has changed.",
      "If it was you, sign in instead, or reset your password if you no longer know it.",
    ],
    action: { label: "Sign in", url: link },
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
    notes: [
      "The link works once and for 30 minutes.",
      "If it was not you, ignore this mail: your password stays as it is.",
    ],
  }),
  email_change_confirm: ({ name, link, validFor }) => ({
    subject: "Confirm your new email address",
    preview: "One click and your account uses this address.",
    heading: "Confirm your new email address",
    paragraphs: [
      greeting("Hello", name),
      "Somebody, hopefully you, wants to use this address for their account. Confirm it to make the change; until then the old address stays.",
    ],
    action: { label: "Confirm new address", url: link },
    notes: [
      `The link works once and for ${validFor}.`,
      "If it was not you, ignore this mail: without the link nothing changes.",
    ],
  }),
  email_change_notice: ({ name, newEmail, at, link }) => ({
    subject: "Your email address is about to change",
    preview: "If it was not you, stop it now.",
    heading: "Your email address is about to change",
    paragraphs: [
      greeting("Hello", name),
      "Somebody, hopefully you, asked to move your account to another address. The change takes effect once that address is confirmed.",
      "If it was not you, set a new password now: that stops the change and signs out every device.",
    ],
    details: [
      ["New address", newEmail],
      ["Asked for", at],
    ],
    action: { label: "Set a new password", url: link },
    notes: ["If it was you, there is nothing to do."],
  }),
  new_device: ({ name, device, at, link }) => ({
    subject: "New sign-in to your account",
    preview: "From a device we have not seen before.",
    heading: "New sign-in to your account",
    paragraphs: [
      greeting("Hello", name),
      "Somebody, hopefully you, signed in to your account from a device we have not seen before.",
      "If it was not you, set a new password now: that signs out every device.",
    ],
    details: [
      ["Device", device === "" ? "Unknown" : device],
      ["Time", at],
    ],
    action: { label: "Set a new password", url: link },
    notes: ["If it was you, there is nothing to do."],
  }),
  key_created: ({ name, keyName, prefix, at, link }) => ({
    subject: "A new API key for your account",
    preview: "Somebody, hopefully you, created it.",
    heading: "A new API key for your account",
    paragraphs: [
      greeting("Hello", name),
      "Somebody, hopefully you, created an API key for your account. Whoever holds it can act in your name.",
    ],
    details: [
      ["Name", keyName],
      ["Begins with", prefix],
      ["Created", at],
    ],
    action: { label: "Sign in", url: link },
    notes: ["If it was not you, sign in, delete the key and change your password."],
  }),
  invitation: ({ inviter, team, link, validFor }) => {
    const who = harmless(inviter) || "Somebody";
    const where = harmless(team) || "their team";
    return {
      subject: `${who} invites you to ${where}`,
      preview: "Accept the invitation to work together.",
      heading: `Join ${where}`,
      paragraphs: ["Hello,", `${who} invites you to work together in ${where}.`],
      action: { label: "Accept invitation", url: link },
      notes: [
        `The invitation is for this address only and holds for ${validFor}.`,
        "If you do not know what this is about, ignore this mail.",
      ],
    };
  },
  export_ready: ({ name, link, validFor }) => ({
    subject: "Your data is ready",
    preview: "The copy that you asked for can be downloaded.",
    heading: "Your data is ready",
    paragraphs: [
      greeting("Hello", name),
      "The copy of your data that you asked for is ready to be downloaded.",
    ],
    action: { label: "Download data", url: link },
    notes: [
      `The link works for ${validFor}. Whoever has it can read your data, so keep it to yourself.`,
      "If you did not ask for it, change your password.",
    ],
  }),
  account_erased: ({ name, at }) => ({
    subject: "Your account is erased",
    preview: "Your account and its data are gone.",
    heading: "Your account is erased",
    paragraphs: [
      greeting("Hello", name),
      `As you asked, we erased your account and the data in it on ${at}.`,
      "Thank you for having been with us.",
    ],
    notes: ["This is the last mail we send to this address."],
  }),
};
