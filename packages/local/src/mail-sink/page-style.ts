/** List on the left, mail on the right; one above the other on a narrow screen. */
export const SINK_STYLE = `
body { display: grid; grid-template-rows: auto 1fr; min-height: 100vh; }
.bar {
  display: flex; align-items: baseline; gap: 12px;
  padding: 14px 24px; border-bottom: 1px solid var(--line); background: var(--sheet);
}
.bar h1 { font-size: 17px; font-weight: 650; letter-spacing: -0.01em; }
.bar p { color: var(--quiet); flex: 1; font-variant-numeric: tabular-nums; }
.bar a { font-size: 14px; white-space: nowrap; }
.plain {
  border: 1px solid var(--line); background: none; border-radius: 7px;
  padding: 3px 12px; color: var(--quiet); white-space: nowrap;
}
.plain:hover { color: var(--bad); border-color: currentColor; }
main { display: grid; grid-template-columns: minmax(260px, 360px) 1fr; min-height: 0; }
nav { border-right: 1px solid var(--line); overflow-y: auto; max-height: calc(100vh - 57px); }
nav ol { list-style: none; }
nav button {
  display: grid; grid-template-columns: 1fr auto; gap: 0 12px; width: 100%;
  padding: 12px 20px 12px 24px; border: 0; border-bottom: 1px solid var(--line);
  background: none; text-align: start;
}
nav button:hover { background: var(--raised); }
nav button[aria-current] { background: var(--tint); box-shadow: inset 3px 0 var(--accent); }
nav button:focus-visible { outline-offset: -2px; }
nav span { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
nav .subject { grid-column: 1 / -1; font-weight: 600; }
nav .to, nav time { color: var(--quiet); font-size: 13px; }
nav time { font-variant-numeric: tabular-nums; }
.empty { grid-column: 1 / -1; place-self: center; padding: 48px 24px; color: var(--quiet); text-align: center; }
article {
  display: flex; flex-direction: column; gap: 18px; min-width: 0;
  padding: 28px 32px 32px; background: var(--sheet);
}
article:focus { outline: none; }
h2 { font-size: 22px; line-height: 1.3; font-weight: 650; letter-spacing: -0.015em; overflow-wrap: anywhere; }
dl { display: grid; gap: 2px; }
dl div { display: grid; grid-template-columns: 76px 1fr; }
dt { color: var(--quiet); }
dd { overflow-wrap: anywhere; }
.parts { display: flex; gap: 2px; padding: 3px; align-self: start; border-radius: 9px; background: var(--ground); border: 1px solid var(--line); }
.parts button { border: 0; background: none; border-radius: 6px; padding: 3px 14px; color: var(--quiet); }
.parts button[aria-pressed="true"] { background: var(--sheet); color: var(--ink); box-shadow: 0 0 0 1px var(--line); font-weight: 600; }
.parts button:disabled { opacity: 0.55; cursor: default; text-decoration: line-through; }
iframe, pre { flex: 1; width: 100%; min-height: 420px; margin: 0; border: 1px solid var(--line); border-radius: 10px; }
iframe { background: #ffffff; color-scheme: light; }
pre {
  padding: 18px 20px; background: var(--raised); white-space: pre-wrap; overflow-wrap: anywhere;
  font: 13.5px/1.6 ui-monospace, "SF Mono", Menlo, Consolas, monospace;
}
@media (max-width: 760px) {
  main { grid-template-columns: 1fr; grid-template-rows: auto 1fr; }
  nav { border-right: 0; max-height: 38vh; }
  article { padding: 20px; }
  .bar { flex-wrap: wrap; gap: 4px 10px; padding: 12px 16px; }
  .bar .plain { padding-inline: 8px; }
  .bar p { flex: 1 0 auto; }
}
`;
