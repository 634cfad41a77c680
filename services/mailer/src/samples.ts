import type { TemplateName, VariablesOf } from "@luna/shared/rpc/mailer";

const LINK = "https://app.example.com/go?token=an-example-not-a-token";
const PAGE = "https://app.example.com/account";
const MOMENT = "2030-03-09T18:05:00.000Z";
const WEEK = String(7 * 24 * 60 * 60);
const DAY = String(24 * 60 * 60);
const money = { name: "Ada", plan: "Pro", amount: "49.00 USD" };

/** One example of every mail, for previews and tests. The Worker must not import this. */
export const SAMPLES: { readonly [T in TemplateName]: VariablesOf<T> } = {
  verify: { name: "Ada", link: LINK },
  account_exists: { name: "Ada", link: PAGE },
  reset: { name: "Ada", link: LINK },
  email_change_confirm: { name: "Ada", link: LINK, validFor: DAY },
  email_change_notice: { name: "Ada", newEmail: "ada@new.example.com", at: MOMENT, link: PAGE },
  new_device: { name: "Ada", device: "Firefox, Linux", at: MOMENT, link: PAGE },
  key_created: {
    name: "Ada",
    keyName: "Continuous integration",
    prefix: "luna_live_00mi1cx1s05v1fq5b2yhxkr0c3_00mi1d2k9w7wz6n8r4t0a5e1g2",
    at: MOMENT,
    link: PAGE,
  },
  invitation: { inviter: "Grace", team: "Analytical Engines", link: LINK, validFor: WEEK },
  receipt: { ...money, invoice: "INV-1024" },
  payment_failed: { ...money, link: PAGE },
  payment_recovered: money,
  subscription_cancelled: { name: "Ada", plan: "Pro", endsAt: MOMENT, link: PAGE },
  plan_changed: { name: "Ada", oldPlan: "Starter", plan: "Pro", at: MOMENT },
  export_ready: { name: "Ada", link: LINK, validFor: WEEK },
  account_erased: { name: "Ada", at: MOMENT },
  claim_purchase: { account: "ada@example.com", order: "1024", link: LINK, validFor: DAY },
};
