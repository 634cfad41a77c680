import type { Mail } from "../people.ts";
import type { BillingStage } from "./billing-stage.ts";
import { rows } from "./d1-file.ts";
import type { ProviderEvent } from "./provider-event.ts";
import type { Sold } from "./sold.ts";

/** A payment, told by several events. */
export interface Payment {
  id: string;
  events: ProviderEvent[];
}

/** The same content under two names, as the provider tells it. */
export const payment = (sold: Sold, at: number): Payment => {
  const invoice = sold.charge(at);
  return {
    id: String(invoice.id),
    events: [
      sold.invoiceEvent(invoice),
      sold.invoiceEvent(invoice, "subscription_payment_recovered"),
    ],
  };
};

export const countOf = (file: string, sql: string, ...values: (string | number)[]): number =>
  rows<{ n: number }>(file, sql, ...values)[0]?.n ?? 0;

/** How many mails name an invoice: its receipts. */
export const receiptsOf = async ({ sink }: BillingStage, { id }: Payment): Promise<number> => {
  const messages = await fetch(`http://127.0.0.1:${sink.httpPort}/api/messages`);
  return (await messages.json<Mail[]>()).filter(({ text }) => text.includes(id)).length;
};
