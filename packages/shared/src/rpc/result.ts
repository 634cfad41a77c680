/**
 * What a call across a binding returns: a value, or a code from a closed set.
 *
 * Error classes do not survive a service binding, so an expected failure is never thrown.
 * Never put `unknown` or `any` inside `T`: workerd's RPC types silently delete that arm.
 */
export type Result<T, Code extends string> =
  | { ok: true; value: T }
  | { ok: false; code: Code; detail: string };

export const ok = <T>(value: T): { ok: true; value: T } => ({ ok: true, value });

/** `code` is stable and matched by callers; `detail` is prose for people and may change. */
export const err = <Code extends string>(
  code: Code,
  detail = "",
): { ok: false; code: Code; detail: string } => ({ ok: false, code, detail });
