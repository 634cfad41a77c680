/** Colours and type shared by every page here. Contrast is at least 4.5:1 in both schemes. */
export const BASE_STYLE = `
:root {
  color-scheme: light dark;
  --ground: light-dark(#f6f6f3, #131417);
  --sheet: light-dark(#ffffff, #1b1d21);
  --raised: light-dark(#fafaf8, #212429);
  --ink: light-dark(#1b1d22, #eceae4);
  --quiet: light-dark(#5c606a, #a3a7b1);
  --line: light-dark(#e2e1db, #30333a);
  --accent: light-dark(#4b3fc4, #b4abff);
  --on-accent: light-dark(#ffffff, #17142e);
  --tint: light-dark(#edebfb, #2a2748);
  --good: light-dark(#1d6b45, #7ed6a8);
  --bad: light-dark(#a3262b, #ff9d9b);
}
* { box-sizing: border-box; }
[hidden] { display: none !important; }
body {
  margin: 0;
  background: var(--ground);
  color: var(--ink);
  font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif;
}
h1, h2, p, dl, dd, ul, ol { margin: 0; padding: 0; }
button, input { font: inherit; color: inherit; }
button { cursor: pointer; }
a { color: var(--accent); }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
`;
