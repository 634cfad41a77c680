/** What a newcomer tries first; `--help` has the rest. In a terminal, at the root of the repository. */
export const COMMANDS = [
  ["pnpm luna lemon pay --email E", "pay the newest open checkout of an address"],
  ["pnpm luna lemon trial --email E", "start it as a trial"],
  ["pnpm luna lemon renew --subscription ID", "the next period is paid"],
  ["pnpm luna lemon fail --subscription ID", "a charge fails; four in a row leave it unpaid"],
  ["pnpm luna lemon recover --subscription ID", "the failed charge succeeds"],
  ["pnpm luna lemon cancel --subscription ID", "it ends when the paid period does"],
  ["pnpm luna lemon refund --subscription ID", "the last payment is given back"],
  ["pnpm luna lemon deliveries", "the webhooks, their attempts and answers"],
  ["pnpm luna lemon resend ID", "send a webhook again"],
  ["pnpm luna lemon chaos --drop 0.3", "lose three webhooks of ten; --calm ends it"],
  ["pnpm luna lemon --help", "everything else"],
] as const;
