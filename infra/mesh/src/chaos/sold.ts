import { catalogEntry } from "@luna/local/lemonsqueezy/catalog";
import type { Resource, Store } from "@luna/local/lemonsqueezy/json-api";
import type {
  Checkout,
  Customer,
  Invoice,
  Order,
  Subscription,
} from "@luna/local/lemonsqueezy/records";
import { representInvoice, representOrder } from "@luna/local/lemonsqueezy/represent-payment";
import { representSubscription } from "@luna/local/lemonsqueezy/represent-subscription";
import type { Put } from "@luna/local/lemonsqueezy/state";

import { providerEvent, type ProviderEvent } from "./provider-event.ts";

/** Far from the ids the emulator gives out itself. */
const FIRST_ID = 7_000_000;
const DAY_MS = 86_400_000;
let sold = 0;

/** A purchase at the provider and what became of it, with a clock that the run moves. */
export class Sold {
  readonly customer: Customer;
  readonly order: Order;
  readonly invoices: Invoice[] = [];
  subscription: Subscription;
  readonly #store: Store;
  readonly #custom: Record<string, string>;

  constructor(store: Store, { tier, email, name, custom }: Checkout, at: number) {
    const id = FIRST_ID + (sold += 1);
    const dates = { createdAt: at, updatedAt: at };
    this.#store = store;
    this.#custom = custom;
    this.customer = { id, email, name, ...dates };
    this.order = {
      id,
      identifier: `00000000-0000-4000-8000-${String(id).padStart(12, "0")}`,
      customerId: id,
      tier,
      total: catalogEntry(tier).monthlyCents,
      custom,
      refundedAmount: 0,
      refundedAt: null,
      ...dates,
    };
    this.subscription = {
      id,
      customerId: id,
      orderId: id,
      itemId: id,
      itemUpdatedAt: at,
      quantity: 1,
      processor: "stripe",
      trialEndsAt: null,
      tier,
      status: "active",
      pause: null,
      failures: 0,
      custom,
      renewsAt: Date.now() + 20 * DAY_MS,
      endsAt: null,
      seenAt: at,
      ...dates,
    };
  }

  /** The subscription after a change, whose clock is `at`. */
  change(patch: Partial<Subscription>, at: number): void {
    this.subscription = { ...this.subscription, ...patch, updatedAt: at, seenAt: at };
  }

  /** A paid invoice of its own. */
  charge(at: number): Invoice {
    const invoice: Invoice = {
      // A subscription has fewer than a thousand invoices in any run.
      id: this.subscription.id * 1_000 + this.invoices.length,
      subscriptionId: this.subscription.id,
      customerId: this.customer.id,
      reason: this.invoices.length === 0 ? "initial" : "renewal",
      status: "paid",
      total: this.order.total,
      refundedAmount: 0,
      refundedAt: null,
      createdAt: at,
      updatedAt: at,
    };
    this.invoices.push(invoice);
    return invoice;
  }

  #event(name: string, data: Resource, testMode = true): ProviderEvent {
    return providerEvent(name, data, this.#custom, testMode);
  }

  orderEvent(name = "order_created"): ProviderEvent {
    const { order, customer } = this;
    return this.#event(name, representOrder(this.#store, order, customer, order.updatedAt));
  }

  subscriptionEvent(name = "subscription_updated", testMode = true): ProviderEvent {
    const { subscription: row, customer } = this;
    const data = representSubscription(this.#store, row, customer, row.updatedAt);
    return this.#event(name, data, testMode);
  }

  invoiceEvent(invoice: Invoice, name = "subscription_payment_success"): ProviderEvent {
    const data = representInvoice(this.#store, invoice, this.customer, invoice.updatedAt);
    return this.#event(name, data);
  }

  /** Everything the provider's API would say of it. */
  puts(): Put[] {
    return [
      { table: "customers", row: this.customer },
      { table: "orders", row: this.order },
      { table: "subscriptions", row: this.subscription },
      ...this.invoices.map((row): Put => ({ table: "invoices", row })),
    ];
  }
}
