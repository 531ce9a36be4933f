/** @file The report's look: one accent, one spacing scale (4 px), light and dark, on screen, phone and paper. */

/** One style sheet, inline in the document. */
export const styles = /* css */ `
:root { color-scheme: light dark;
  --paper: #ffffff; --raised: #f6f7f9; --ink: #191c20; --muted: #5c646f; --faint: #8a929d; --line: #e2e5ea; --grid: #eceef2;
  --accent: #1c5fd4; --second: #8b95a3; --alarm: #b3261e; --on-accent: #ffffff; }
@media (prefers-color-scheme: dark) { :root {
  --paper: #14161a; --raised: #1b1e24; --ink: #e6e9ee; --muted: #a0a8b4; --faint: #747d8a; --line: #2c313a; --grid: #23272f;
  --accent: #74a7ff; --second: #727c8a; --alarm: #ff8a80; --on-accent: #0d1526; } }
* { box-sizing: border-box; margin: 0; }
html { -webkit-text-size-adjust: 100%; }
body { background: var(--paper); color: var(--ink); font: 14px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Liberation Sans", sans-serif;
  font-variant-numeric: tabular-nums; -webkit-print-color-adjust: exact; print-color-adjust: exact; }
main, footer { max-width: 1184px; margin: 0 auto; padding: 0 32px; }
header { padding-top: 32px; }
section { margin-top: 40px; padding-top: 20px; border-top: 1px solid var(--line); }
footer { margin-top: 40px; padding-top: 16px; padding-bottom: 32px; color: var(--faint); font-size: 12px; }
h1 { font-size: 28px; line-height: 1.2; font-weight: 650; letter-spacing: -0.01em; overflow-wrap: anywhere; margin-top: 8px; }
h2 { font-size: 17px; line-height: 1.3; font-weight: 650; margin-bottom: 16px; }
h3 { font-size: 13px; font-weight: 600; }
h3 small { font-weight: 400; color: var(--muted); font-size: 12px; margin-left: 8px; }
.brand { color: var(--muted); font-size: 12px; font-weight: 600; }
.brand span { font-weight: 400; margin-left: 8px; padding-left: 8px; border-left: 1px solid var(--line); }
.badge { display: inline-block; vertical-align: middle; margin-left: 12px; padding: 0 8px; border: 1px solid var(--line); border-radius: 10px;
  font-size: 12px; line-height: 20px; font-weight: 500; letter-spacing: 0; color: var(--muted); }
.badge.alarm { color: var(--alarm); border-color: currentColor; }
.facts { list-style: none; padding: 0; margin-top: 4px; color: var(--muted); display: flex; flex-wrap: wrap; gap: 0 20px; font-size: 13px; }
.facts li { overflow-wrap: anywhere; }
.verdict { margin-top: 20px; padding-left: 16px; border-left: 3px solid var(--accent); max-width: 92ch; font-size: 15px; line-height: 1.6; overflow-wrap: anywhere; }
.verdict.alarm { border-color: var(--alarm); }
.figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(132px, 1fr)); margin-top: 24px; border: 1px solid var(--line); border-radius: 8px; overflow: hidden; }
.figures div { padding: 12px 16px; box-shadow: 1px 1px 0 var(--line); }
.figures dt { color: var(--muted); font-size: 12px; }
.figures dd { font-size: 19px; line-height: 1.35; font-weight: 600; letter-spacing: -0.01em; white-space: nowrap; }
.figures .sub { font-size: 12px; line-height: 1.5; font-weight: 400; letter-spacing: 0; color: var(--muted); }
.note { color: var(--muted); font-size: 12px; max-width: 120ch; margin-top: 12px; }
.lead { font-size: 13px; margin: -8px 0 16px; }
.recipe { display: block; margin-top: 4px; }
.recipe b { font-weight: 600; color: var(--ink); }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; }
.numbers { width: 100%; font-size: 13px; margin-top: 20px; }
.numbers th { text-align: left; font-weight: 500; color: var(--muted); font-size: 12px; padding: 0 12px 6px; white-space: nowrap; vertical-align: bottom; }
.numbers td { border-top: 1px solid var(--line); padding: 6px 12px; white-space: nowrap; vertical-align: top; }
.numbers :is(th, td):first-child { padding-left: 0; } .numbers :is(th, td):last-child { padding-right: 0; }
.numbers .n { text-align: right; }
.numbers .wrap { white-space: normal; min-width: 320px; color: var(--muted); }
.numbers .main b { color: var(--accent); } .numbers b { font-weight: 600; }
.panels { display: grid; grid-template-columns: repeat(auto-fit, minmax(320px, 1fr)); gap: 20px 40px; }
.bar { display: grid; grid-template-columns: 104px minmax(0, 1fr) 56px; align-items: center; gap: 12px; height: 28px; font-size: 13px; }
.bars h3 { margin-bottom: 4px; }
.bar .name { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.bar .value { text-align: right; white-space: nowrap; font-weight: 500; }
.bar.main .value { font-weight: 600; }
.bar .track { position: relative; height: 14px; background: var(--grid); border-radius: 2px; }
.bar .fill { position: absolute; inset: 0 auto 0 0; background: var(--second); border-radius: 2px; }
.bar.main .fill { background: var(--accent); }
.bar .whisker { position: absolute; top: 50%; border-top: 2px solid var(--ink); transform: translateY(-1px); }
.bar .whisker::before, .bar .whisker::after { content: ""; position: absolute; top: -6px; height: 10px; border-left: 2px solid var(--ink); }
.bar .whisker::before { left: -1px; } .bar .whisker::after { right: -1px; }
.bar.scale { height: 18px; color: var(--faint); font-size: 11px; }
.bar.scale .track { background: none; border-top: 1px solid var(--line); border-radius: 0; }
.bar.scale .track i { position: absolute; top: 2px; line-height: 14px; transform: translateX(-50%); font-style: normal; }
.bar.scale .value { font-weight: 400; align-self: start; padding-top: 3px; line-height: 14px; text-align: left; }
.charts { display: grid; grid-template-columns: repeat(3, minmax(0, 1fr)); gap: 28px 32px; }
.chart { display: flex; flex-direction: column; } .chart.wide { grid-column: span 2; }
.chart figcaption { display: flex; justify-content: space-between; align-items: baseline; gap: 12px; }
.legend { display: flex; flex-wrap: wrap; justify-content: flex-end; gap: 0 12px; font-size: 12px; color: var(--muted); }
.key { white-space: nowrap; } .key b { color: var(--ink); font-weight: 600; margin-left: 4px; }
.swatch { display: inline-block; width: 12px; border-top: 2px solid var(--accent); vertical-align: middle; margin: -2px 6px 0 0; }
.swatch.second { border-color: var(--second); } .swatch.reference { border-top: 2px dashed var(--faint); }
.plot { position: relative; height: 168px; margin: 8px 0 20px 44px; border-bottom: 1px solid var(--line); }
.plot svg { position: absolute; inset: 0; width: 100%; height: 100%; overflow: visible; }
.plot path { fill: none; vector-effect: non-scaling-stroke; stroke-linejoin: round; }
.plot .grid { stroke: var(--grid); stroke-width: 1; }
.plot .line { stroke: var(--accent); stroke-width: 1.75; } .plot .line.second { stroke: var(--second); }
.plot .line.raw { stroke-width: 1; opacity: 0.28; }
.plot .line.reference { stroke: var(--faint); stroke-width: 1.25; stroke-dasharray: 4 4; }
.plot .dots { stroke: var(--accent); stroke-width: 6; stroke-linecap: round; } .plot .dots.second { stroke: var(--second); }
.ytick, .xtick { position: absolute; font-size: 11px; line-height: 14px; color: var(--faint); white-space: nowrap; }
.ytick { right: calc(100% + 8px); transform: translateY(-50%); } .xtick { top: calc(100% + 4px); transform: translateX(-50%); }
.plot .empty { position: absolute; inset: 0; display: grid; place-content: center; color: var(--muted); font-size: 12px; }
.chart .note { display: flex; justify-content: space-between; gap: 16px; margin: 0 0 0 44px; line-height: 1.4; }
.chart .xname { color: var(--faint); white-space: nowrap; }
.classes { display: grid; grid-template-columns: minmax(260px, 4fr) minmax(0, 6fr) minmax(200px, 3fr); gap: 24px 40px; align-items: start; }
.classes.many { grid-template-columns: minmax(0, 1fr) 300px; } .classes.many .per-class { grid-column: 1 / -1; }
.many .per-class .list { columns: 4 220px; column-gap: 32px; } .many .per-class .bar { break-inside: avoid; height: 22px; }
.classes h3 { margin-bottom: 8px; } .classes h3 small { display: block; margin: 0; }
.per-class .bar { grid-template-columns: minmax(64px, 88px) minmax(0, 1fr) 52px; height: 26px; }
.bar .mean { position: absolute; top: -4px; bottom: -4px; border-left: 1px solid var(--ink); opacity: 0.55; }
.matrix { width: 100%; font-size: 12px; table-layout: fixed; border-spacing: 1px; border-collapse: separate; min-width: 420px; }
.matrix thead th:first-child { width: 84px; }
.matrix th { font-weight: 400; color: var(--muted); overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.matrix tbody th { text-align: right; padding-right: 8px; }
.matrix thead th { vertical-align: bottom; padding-bottom: 4px; }
.matrix thead span { writing-mode: vertical-rl; transform: rotate(180deg); max-height: 88px; overflow: hidden; text-overflow: ellipsis; font-size: 11px; }
.matrix td { height: 26px; text-align: center; border-radius: 2px; background: color-mix(in srgb, var(--cell) var(--share), var(--raised)); }
.matrix .right { --cell: var(--accent); } .matrix .wrong { --cell: var(--second); } .matrix .strong { color: var(--on-accent); }
.heat { width: 100%; max-width: 640px; background: var(--raised); } .heat .right { fill: var(--accent); } .heat .wrong { fill: var(--second); }
.mistakes ol { list-style: none; padding: 0; font-size: 13px; }
.mistakes li { display: flex; justify-content: space-between; gap: 12px; padding: 3px 0; border-top: 1px solid var(--line); }
.mistakes li:first-child { border: 0; } .mistakes i { font-style: normal; color: var(--muted); } .mistakes b { font-weight: 500; }
.views { display: grid; grid-template-columns: repeat(auto-fill, minmax(252px, 1fr)); gap: 16px 24px; }
.triple { display: grid; grid-template-columns: repeat(3, 1fr); gap: 4px; }
.triple img { width: 100%; aspect-ratio: 1; object-fit: contain; image-rendering: pixelated; border-radius: 3px; background: var(--raised); }
.triple img:first-child { outline: 2px solid var(--line); outline-offset: 1px; margin-right: 4px; width: calc(100% - 4px); }
.columns { columns: 3 300px; column-gap: 40px; }
.facts-table { width: 100%; font-size: 13px; break-inside: avoid; margin-bottom: 20px; table-layout: fixed; }
.facts-table caption { text-align: left; font-size: 12px; font-weight: 600; color: var(--muted); padding-bottom: 4px; }
.facts-table th { font-weight: 400; text-align: left; color: var(--muted); width: 60%; }
.facts-table.narrow th { width: 38%; }
.facts-table td { text-align: right; overflow-wrap: anywhere; }
.facts-table :is(th, td) { padding: 3px 0; border-top: 1px solid var(--line); vertical-align: top; }
.facts-table td small { display: block; color: var(--faint); font-size: 11px; }
.differs th, .differs td { color: var(--accent); } .differs th { font-weight: 600; }
code { font: 12px/1.5 ui-monospace, "Cascadia Mono", "SF Mono", "Liberation Mono", monospace; }
details { margin-top: 4px; font-size: 13px; } summary { cursor: pointer; color: var(--muted); }
.skipped { padding-left: 16px; margin-top: 8px; overflow-wrap: anywhere; } .skipped b { font-weight: 500; }
@media (max-width: 900px) {
  main, footer { padding-left: 16px; padding-right: 16px; }
  .charts { grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 24px 20px; }
  .classes, .classes.many { grid-template-columns: minmax(0, 1fr); } }
@media (max-width: 560px) {
  h1 { font-size: 22px; } .charts { grid-template-columns: minmax(0, 1fr); } .chart.wide { grid-column: auto; }
  .panels { grid-template-columns: minmax(0, 1fr); } .figures { grid-template-columns: repeat(2, minmax(0, 1fr)); }
  .views { grid-template-columns: minmax(0, 1fr); } .bar { grid-template-columns: 84px minmax(0, 1fr) 52px; gap: 8px; } }
@media print {
  :root { --paper: #fff; --raised: #f6f7f9; --ink: #000; --muted: #444; --faint: #666; --line: #ccc; --grid: #e4e4e4; --accent: #1c5fd4; --second: #8b95a3; --on-accent: #fff; }
  body { font-size: 11px; } main, footer { max-width: none; padding: 0; } section { margin-top: 20px; padding-top: 12px; }
  figure, tr, .figures { break-inside: avoid; } h2 { break-after: avoid; } .plot { height: 128px; } }
`;
