/**
 * The look of every page the gateway serves. Text has a contrast of at least 4.5:1 in both schemes.
 * The mark is a moon whose phase tells how far something has come: `data-phase` on `.moon`.
 */
export const LOOK = `
:root {
  color-scheme: light dark;
  --ground: light-dark(#f6f6f3, #131417);
  --sheet: light-dark(#ffffff, #1b1d21);
  --raised: light-dark(#f9f9f6, #212429);
  --ink: light-dark(#1b1d22, #eceae4);
  --quiet: light-dark(#5c606a, #a3a7b1);
  --line: light-dark(#e2e1db, #30333a);
  --edge: light-dark(#85888f, #7c818b);
  --accent: light-dark(#4b3fc4, #b4abff);
  --on-accent: light-dark(#ffffff, #17142e);
  --tint: light-dark(#edebfb, #2a2748);
  --good: light-dark(#1d6b45, #7ed6a8);
  --warm: light-dark(#8a5200, #f0c078);
  --bad: light-dark(#a3262b, #ff9d9b);
  --sky: light-dark(#1c5f94, #8cc6f4);
  --night: light-dark(#17142e, #2a2748);
  --lit: light-dark(#5a4ed0, #d9d4ff);
  --glow: light-dark(#4b3fc440, #b4abff66);
  --sans: system-ui, -apple-system, "Segoe UI", Roboto, sans-serif;
  --serif: ui-serif, "Iowan Old Style", "Palatino Linotype", Palatino, Georgia, serif;
  --mono: ui-monospace, "SF Mono", "Cascadia Mono", Menlo, Consolas, monospace;
}
*, ::before, ::after { box-sizing: border-box; }
[hidden] { display: none !important; }
body { margin: 0; background: var(--ground); color: var(--ink); font: 16px/1.55 var(--sans); }
h1, h2, h3, h4, p, ul, ol, dl, dd, pre, figure { margin: 0; padding: 0; }
h1, h2, h3 { font-family: var(--serif); font-weight: 600; line-height: 1.2; text-wrap: balance; }
ul { list-style: none; }
a { color: var(--accent); text-underline-offset: 0.2em; }
button, input, select, textarea { font: inherit; color: inherit; }
code, pre { font-family: var(--mono); font-size: 0.875em; }
::placeholder { color: var(--quiet); opacity: 1; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }

.button { padding: 0.5rem 1rem; border: 1px solid var(--accent); border-radius: 8px; background: var(--accent);
  color: var(--on-accent); font-weight: 600; cursor: pointer; }
.button:hover { filter: brightness(1.08); }
.button:disabled { opacity: 0.6; cursor: progress; }
.button.plain { padding: 0.25rem 0.75rem; border-color: var(--edge); background: none; color: var(--ink);
  font-size: 0.875rem; font-weight: 500; }
.button.plain:hover { border-color: var(--accent); color: var(--accent); filter: none; }
.input { width: 100%; min-width: 0; padding: 0.5rem 0.75rem; border: 1px solid var(--edge); border-radius: 8px;
  background: var(--sheet); }

.moon { display: block; overflow: visible; }
.moon .disc { fill: none; stroke: var(--lit); stroke-width: 1; opacity: 0.45; }
.moon .lit { fill: var(--lit); }
.moon .seas { fill: var(--night); opacity: 0.16; }
.moon .shade { transform: translate(-9px, -2px); transition: transform 0.9s ease; }
.moon[data-phase="new"] .shade { transform: none; }
.moon[data-phase="half"] .shade { transform: translate(-15px, -3px); }
.moon[data-phase="full"] .shade { transform: translate(-34px, -6px); }
@media (prefers-reduced-motion: reduce) { .moon .shade { transition: none; } }

.stage { display: grid; align-content: center; justify-items: center; gap: 1.5rem; min-height: 100svh; padding: 2rem 1rem; }
.stage > .moon { width: 4.5rem; height: 4.5rem; filter: drop-shadow(0 0 1.25rem var(--glow)); }
.card { display: grid; gap: 1.25rem; width: min(100%, 27rem); padding: clamp(1.5rem, 6vw, 2.5rem); border: 1px solid var(--line);
  border-radius: 16px; background: var(--sheet); }
.card > * { min-width: 0; }
.card h1 { font-size: 1.75rem; }
.card h2 { font-size: 1.125rem; }
.card p { color: var(--quiet); overflow-wrap: anywhere; }
.card strong { color: var(--ink); font-weight: 600; }
.card .button:not(.plain) { padding-block: 0.625rem; }
.card label, .part { display: grid; gap: 0.375rem; font-size: 0.875rem; font-weight: 600; }
.card label .input { font-size: 1rem; font-weight: 400; }
.card .error { padding: 0.75rem 1rem; border-left: 3px solid var(--bad); background: var(--raised); color: var(--bad); }
.stack { display: grid; gap: 1.25rem; }
.stack > * { min-width: 0; }
.rule { padding-top: 1.25rem; border-top: 1px solid var(--line); }
.part > span { display: flex; gap: 0.5rem; }
.part .input { font: 0.8125rem/1.5 var(--mono); }
.part .button { flex: none; }
.foot { color: var(--quiet); font-size: 0.875rem; }
`;
