export const INVOICE_STATUSES = ["pending", "paid", "void", "refunded", "partial_refund"] as const;

/** One charge of a subscription. Money in the smallest unit of `currency`, times in ms. */
export interface Invoice {
  id: string;
  subscriptionId: string;
  customerId: string;
  status: (typeof INVOICE_STATUSES)[number];
  /** Why it was made: `initial`, `renewal` or `updated`. */
  reason: string;
  /** ISO 4217, upper case. */
  currency: string;
  total: number;
  refunded: number;
  /** The total as the provider prints it; `null` where it does not. */
  totalText: string | null;
  createdAt: number;
}

/** The provider counts every total in hundredths. Only where money has them is that beyond doubt. */
const hasHundredths = (currency: string): boolean => {
  try {
    const format = new Intl.NumberFormat("en", { style: "currency", currency });
    return format.resolvedOptions().maximumFractionDigits === 2;
  } catch {
    return false;
  }
};

/**
 * The total as a mail takes it: `49.00 USD`, which the mailer words for its reader. For currencies
 * without hundredths what the provider prints is the only text that is surely right.
 */
export const amountText = ({
  total,
  currency,
  totalText,
}: Pick<Invoice, "total" | "currency" | "totalText">): string =>
  totalText === null || hasHundredths(currency)
    ? `${(total / 100).toFixed(2)} ${currency}`
    : totalText;
