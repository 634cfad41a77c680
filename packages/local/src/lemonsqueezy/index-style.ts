/** The emulator's first page: the bar of the mail sink over tables that scroll by themselves. */
export const INDEX_STYLE = `
.bar {
  display: flex; flex-wrap: wrap; align-items: baseline; gap: 4px 12px;
  padding: 14px 24px; border-bottom: 1px solid var(--line); background: var(--sheet);
}
.bar h1 { font-size: 17px; font-weight: 650; letter-spacing: -0.01em; }
.bar p { flex: 1 0 auto; color: var(--quiet); font-variant-numeric: tabular-nums; }
.bar a { font-size: 14px; }
main { max-width: 960px; padding: 28px 24px 64px; display: grid; grid-template-columns: minmax(0, 1fr); gap: 32px; }
.lead { max-width: 62ch; color: var(--quiet); }
h2 { font-size: 15px; font-weight: 650; margin-bottom: 10px; }
h2 span { color: var(--quiet); font-weight: 400; margin-inline-start: 4px; font-variant-numeric: tabular-nums; }
.none { color: var(--quiet); }
.scroll { overflow-x: auto; border: 1px solid var(--line); border-radius: 10px; background: var(--sheet); }
table { width: 100%; border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { padding: 8px 16px; text-align: start; white-space: nowrap; }
th { color: var(--quiet); font-size: 13px; font-weight: 500; }
td { border-top: 1px solid var(--line); }
time { color: var(--quiet); }
code { font: 13px/1.6 ui-monospace, "SF Mono", Menlo, Consolas, monospace; }
.badge { font-size: 12px; font-weight: 600; padding: 2px 9px; border-radius: 99px; border: 1px solid currentColor; color: var(--quiet); }
.badge.active, .badge.on_trial, .badge.delivered { color: var(--good); }
.badge.past_due, .badge.unpaid, .badge.dropped { color: var(--bad); }
.commands div { display: grid; grid-template-columns: 26em 1fr; gap: 0 16px; padding: 4px 0; }
.commands dd { color: var(--quiet); }
@media (max-width: 760px) {
  .bar { padding: 12px 20px; }
  main { padding: 20px 20px 48px; }
  .commands div { grid-template-columns: 1fr; padding: 6px 0; }
}
`;
