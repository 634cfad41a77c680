/** Checkout, portal and notices. Two columns where there is room, else one. */
export const STORE_STYLE = `
body { min-height: 100vh; display: grid; place-items: center; padding: 24px; }
main { width: 100%; background: var(--sheet); border: 1px solid var(--line); border-radius: 16px; overflow: hidden; }
.checkout { max-width: 860px; display: grid; grid-template-columns: 5fr 6fr; }
.plan { padding: 40px; background: var(--tint); }
.store { color: var(--accent); font-weight: 600; margin-bottom: 40px; }
h1 { font-size: 30px; line-height: 1.15; letter-spacing: -0.02em; font-weight: 680; }
.price { color: var(--quiet); margin: 6px 0 44px; }
.price strong { color: var(--ink); font-size: 20px; font-weight: 600; }
dl { font-variant-numeric: tabular-nums; }
dl div { display: flex; justify-content: space-between; gap: 16px; padding: 8px 0; }
dl dt { color: var(--quiet); }
.total { border-top: 1px solid color-mix(in srgb, var(--quiet) 35%, transparent); margin-top: 8px; padding-top: 16px; font-weight: 650; }
.total dt { color: inherit; }
form { padding: 40px; }
h2 { font-size: 15px; font-weight: 650; margin-bottom: 14px; }
form h2:not(:first-child) { margin-top: 30px; }
label { display: block; font-size: 13px; font-weight: 550; margin: 12px 0 5px; }
label span { color: var(--quiet); font-weight: 400; }
input, .card { width: 100%; padding: 9px 12px; border: 1px solid var(--line); border-radius: 9px; background: var(--raised); }
input { border-color: light-dark(#8d9099, #6b6f79); }
input[aria-invalid] { border-color: var(--bad); }
.error { color: var(--bad); font-size: 13px; margin-top: 5px; }
.card { display: flex; justify-content: space-between; color: var(--quiet); font-variant-numeric: tabular-nums; }
.primary, .plain { border-radius: 9px; padding: 10px 18px; font-weight: 600; border: 1px solid transparent; }
.primary { background: var(--accent); color: var(--on-accent); }
.primary:hover { filter: brightness(1.08); }
form .primary { width: 100%; margin-top: 26px; padding: 12px; }
.plain { background: none; border-color: var(--line); }
.plain:hover { border-color: currentColor; }
.note { text-wrap: balance; color: var(--quiet); font-size: 13px; margin-top: 14px; text-align: center; }
.notice { max-width: 460px; padding: 48px 40px; text-align: center; }
.notice p { color: var(--quiet); margin-top: 10px; }
.portal { max-width: 680px; }
.portal header { padding: 36px 40px 24px; border-bottom: 1px solid var(--line); }
.portal header p { color: var(--quiet); margin-top: 4px; overflow-wrap: anywhere; }
.portal ul { list-style: none; }
.portal li { display: flex; align-items: center; gap: 16px; padding: 22px 40px; }
.portal li + li { border-top: 1px solid var(--line); }
.portal li > div { flex: 1; min-width: 0; }
.portal li p { color: var(--quiet); font-size: 14px; }
.portal li h2 { font-size: 17px; margin: 0 0 2px; }
.portal form { padding: 0; }
.portal form button { margin: 0; width: auto; padding: 7px 16px; }
.badge { font-size: 12px; font-weight: 600; padding: 2px 9px; border-radius: 99px; border: 1px solid currentColor; margin-inline-start: 8px; vertical-align: 2px; color: var(--quiet); }
.badge.active, .badge.on_trial { color: var(--good); }
.badge.past_due, .badge.unpaid { color: var(--bad); }
@media (max-width: 720px) {
  body { padding: 0; place-items: start stretch; }
  main { border: 0; border-radius: 0; }
  .checkout { grid-template-columns: 1fr; }
  .plan, form { padding: 28px 20px; }
  .store { margin-bottom: 20px; }
  .price { margin-bottom: 20px; }
  .portal header, .portal li { padding-inline: 20px; }
}
`;
