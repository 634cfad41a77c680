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

/**
 * The total as a receipt shows it. The provider's own text is right for every currency; the
 * fallback assumes cents, because the provider counts in hundredths.
 */
export const amountText = (
  invoice: Pick<Invoice, "total" | "currency" | "totalText">,
  locale: string,
): string => {
  if (invoice.totalText !== null) return invoice.totalText;
  try {
    const format = new Intl.NumberFormat(locale, { style: "currency", currency: invoice.currency });
    return format.format(invoice.total / 100);
  } catch {
    return `${(invoice.total / 100).toFixed(2)} ${invoice.currency}`;
  }
};
