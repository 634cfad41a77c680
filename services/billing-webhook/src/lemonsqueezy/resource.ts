import * as v from "valibot";

import { Id } from "./payload.ts";

/**
 * One object of the provider's API, as little parsed as a webhook's `data`: what reads the one reads
 * the other.
 */
export const Resource = v.looseObject({
  type: v.string(),
  id: Id,
  attributes: v.record(v.string(), v.unknown()),
});
export type Resource = v.InferOutput<typeof Resource>;

/**
 * The lists that hold what a store sold, by their name in the path: what links an object to its owner
 * comes before it.
 */
export const COLLECTIONS = [
  "orders",
  "subscriptions",
  "subscription-invoices",
  "license-keys",
] as const;
export type Collection = (typeof COLLECTIONS)[number];

/** The largest page the provider makes. */
const PAGE_SIZE = 100;

const Link = v.optional(v.nullable(v.string()), null);

/** Whether more follows is said twice, and either may be missing. */
export const Page = v.pipe(
  v.object({
    data: v.array(Resource),
    links: v.fallback(v.optional(v.object({ next: Link }), {}), { next: null }),
    meta: v.fallback(
      v.optional(v.object({ page: v.object({ currentPage: v.number(), lastPage: v.number() }) })),
      undefined,
    ),
  }),
  v.transform(({ data, links, meta }) => ({
    resources: data,
    more: meta === undefined ? links.next !== null : meta.page.currentPage < meta.page.lastPage,
  })),
);
export type Page = v.InferOutput<typeof Page>;

export const Single = v.pipe(
  v.object({ data: Resource }),
  v.transform(({ data }) => data),
);

/** The query of one page of a list. */
export const pageQuery = (filter: Readonly<Record<string, string>>, number: number): string => {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(filter)) query.set(`filter[${name}]`, value);
  query.set("page[number]", String(number));
  query.set("page[size]", String(PAGE_SIZE));
  return query.toString();
};
