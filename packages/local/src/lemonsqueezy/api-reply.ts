import { STATUS_CODES } from "node:http";

import type { Call, Reply } from "../http-server.ts";

export const JSON_API = "application/vnd.api+json";

const HEADERS = { "Content-Type": JSON_API };

export const apiReply = (status: number, value: unknown): Reply => ({
  status,
  headers: HEADERS,
  body: JSON.stringify({ jsonapi: { version: "1.0" }, ...(value as object) }),
});

/** The provider's error shape. `pointer` names the part of the body that is wrong. */
export const apiFailure = (status: number, detail: string, pointer?: string): Reply => {
  const source = pointer === undefined ? {} : { source: { pointer } };
  const error = { status: String(status), title: STATUS_CODES[status], detail, ...source };
  return apiReply(status, { errors: [error] });
};

/** Rows as one page of a list, in the provider's `page[number]` and `page[size]` terms. */
const DEFAULT_SIZE = 10;
const LARGEST_SIZE = 100;

const pageParameter = (call: Call, name: string, fallback: number): number => {
  const given = Number(call.url.searchParams.get(`page[${name}]`) ?? fallback);
  return Number.isInteger(given) && given >= 1 ? given : fallback;
};

export const apiPage = <T>(
  call: Call,
  origin: string,
  rows: readonly T[],
  represent: (row: T) => unknown,
): Reply => {
  const perPage = Math.min(LARGEST_SIZE, pageParameter(call, "size", DEFAULT_SIZE));
  const currentPage = pageParameter(call, "number", 1);
  const lastPage = Math.max(1, Math.ceil(rows.length / perPage));
  const start = (currentPage - 1) * perPage;
  const shown = rows.slice(start, start + perPage);
  const link = (number: number): string => {
    const url = new URL(call.url.pathname + call.url.search, origin);
    url.searchParams.set("page[number]", String(number));
    url.searchParams.set("page[size]", String(perPage));
    return url.href;
  };
  return apiReply(200, {
    meta: {
      page: {
        currentPage,
        from: shown.length === 0 ? null : start + 1,
        lastPage,
        perPage,
        to: shown.length === 0 ? null : start + shown.length,
        total: rows.length,
      },
    },
    links: {
      first: link(1),
      last: link(lastPage),
      ...(currentPage > 1 ? { prev: link(currentPage - 1) } : {}),
      ...(currentPage < lastPage ? { next: link(currentPage + 1) } : {}),
    },
    data: shown.map(represent),
  });
};
