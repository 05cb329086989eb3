import { OUTCOME_FACTS, type OutcomeFacts } from '#runbook/model/outcomes.ts';
import { DARK, LIGHT, type Palette } from '#text/theme.ts';
import { SVG_STYLE } from '../../graph/svg-style.ts';
import type { VisitState } from '../visits.ts';

/** The role of the color of each state of a visit, and of the marks of the picture. */
const STATE_ROLES: Readonly<
  Record<VisitState | 'waiting' | 'found', OutcomeFacts['role'] | 'faint' | 'link'>
> = {
  succeeded: 'success',
  'done-by-hand': 'success',
  simulated: 'success',
  failed: 'danger',
  unknown: 'warning',
  declined: 'warning',
  waiting: 'warning',
  skipped: 'faint',
  undone: 'faint',
  current: 'faint',
  found: 'link',
};

const ROLES = [
  ...Object.entries(STATE_ROLES),
  ...Object.entries(OUTCOME_FACTS).map(([outcome, { role }]) => [outcome, role] as const),
];

/** The style of a page: light or dark by the reader's system, one column, and plain in print. */
export const HTML_STYLE = `
:root{color-scheme:light dark;
${variables(LIGHT)};
--sans:system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;
--mono:ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace}
@media screen and (prefers-color-scheme:dark){:root{
${variables(DARK)}}}
*{box-sizing:border-box}
body{margin:0;background:var(--paper);color:var(--ink);font:16px/1.55 var(--sans);overflow-wrap:anywhere}
body>header,main,body>footer{max-width:64rem;margin:0 auto;padding:0 1.25rem}
body>header{padding-top:2rem;padding-bottom:1.25rem}
h1{font-size:1.9rem;line-height:1.2;margin:0 0 .5rem}
h1+p{padding:.6rem .9rem;border-left:5px solid var(--line);background:var(--raised);margin:.75rem 0;font-size:1.05rem}
${Object.entries(OUTCOME_FACTS)
  .map(([outcome, { role }]) => `.${outcome} h1+p{border-color:var(--${role})}`)
  .join('\n')}
.unfinished h1+p{border-color:var(--warning)}
body>header ul{list-style:none;padding:0;margin:.75rem 0}
body>header li{padding:.12rem 0}
body>header>p:last-child{color:var(--faint);font-size:.93rem}
#record ul{list-style:none;padding:0;font-size:.93rem;columns:2 24rem;column-gap:2.5rem}
#record li{break-inside:avoid;padding:.12rem 0}
nav{position:sticky;top:0;z-index:1;background:var(--paper);border-bottom:1px solid var(--line)}
nav ul{max-width:64rem;margin:0 auto;padding:.1rem .75rem;list-style:none;display:flex;flex-wrap:wrap}
nav a{display:block;padding:.5rem;white-space:nowrap;font-size:.93rem}
a{color:var(--link)}
nav a{text-decoration:none}
nav a:hover,nav a:focus{text-decoration:underline}
.skip{position:absolute;left:-100vw}
.skip:focus{left:1rem;top:1rem;z-index:2;background:var(--paper);padding:.5rem}
section{padding:.5rem 0 1rem;scroll-margin-top:2.6rem}
h2{font-size:1.4rem;margin:1.2rem 0 .6rem;border-bottom:1px solid var(--line);padding-bottom:.25rem}
h3{font-size:1.15rem;margin:1.6rem 0 .6rem}
h4{font-size:1.02rem;margin:1.5rem 0 .3rem}
p,ul,blockquote{margin:.5rem 0}
ul{padding-left:1.3rem}
li{margin:.15rem 0}
li:has(>input[type=checkbox]){list-style:none;margin-left:-1.3rem}
blockquote{padding:0;color:var(--faint)}
article{border:1px solid var(--line);border-radius:8px;padding:.25rem 1rem .75rem;margin:1rem 0}
article h3{margin:.6rem 0}
code{font:.88em/1.45 var(--mono);background:var(--raised);border-radius:4px;padding:.08em .22em}
pre{font:.84rem/1.45 var(--mono);background:var(--raised);border:1px solid var(--line);border-radius:6px;padding:.6rem .8rem;margin:.5rem 0;overflow:auto;max-height:32rem}
pre code{background:none;padding:0;font-size:1em;overflow-wrap:normal}
.table{overflow-x:auto;margin:.5rem 0;max-height:32rem}
table{border-collapse:collapse;font-size:.86rem;font-variant-numeric:tabular-nums;overflow-wrap:normal}
th,td{border:1px solid var(--line);padding:.25rem .6rem;text-align:left;vertical-align:top;white-space:nowrap}
#milestones td,#prevention td{white-space:normal}
th{background:var(--raised);position:sticky;top:0}
.number{text-align:right}
details{margin:.5rem 0}
summary{cursor:pointer;color:var(--link);font-size:.93rem}
mark{background:var(--mask);color:var(--mask-ink);border-radius:3px;padding:0 .15em;cursor:help}
.hint,.local,.since{color:var(--faint)}
.hint{font-size:.9rem}
.filter{border:1px solid var(--line);border-radius:8px;display:flex;flex-wrap:wrap;gap:.3rem 1.1rem;align-items:center;padding:.35rem .9rem .6rem;margin:.5rem 0 1rem}
.filter legend{color:var(--faint);font-size:.85rem;padding:0 .3rem}
.filter button{margin-left:auto;font:inherit;font-size:.9rem;color:var(--ink);background:var(--raised);border:1px solid var(--line);border-radius:6px;padding:.2rem .8rem;cursor:pointer}
#timeline:has(#phase-diagnose:checked) .stretch:not([data-phase=diagnose]),
#timeline:has(#phase-fix:checked) .stretch:not([data-phase=fix]),
#timeline:has(#phase-verify:checked) .stretch:not([data-phase=verify]){display:none}
.stretch>h3{color:var(--faint);text-transform:uppercase;letter-spacing:.06em;font-size:.95rem}
#timeline .stretch>ul{list-style:none;padding:0}
.stretch>ul>li:not(.entry){margin-left:1.25rem}
.stretch .entry{margin:.3rem 0;padding-left:14.5rem;position:relative}
.days .entry{padding-left:18.5rem}
.entry>.time::after{content:" ·"}
.stretch .entry>.time::after{content:none}
.stretch .entry>.time{position:absolute;left:0;font-size:.86rem;line-height:1.8;font-variant-numeric:tabular-nums;white-space:nowrap}
.time time{font-weight:600}
.stretch>pre,.stretch>.table,.stretch>details,.stretch>p{margin-left:1.25rem}
.graph{margin:.5rem 0;overflow-x:auto}
.graph svg{max-width:100%;height:auto;display:block}
:focus-visible{outline:2px solid var(--link);outline-offset:2px}
body>footer{padding-top:1rem;padding-bottom:2rem;color:var(--faint);font-size:.88rem;border-top:1px solid var(--line)}
figure{margin:.75rem 0}
.scale{display:block;overflow:visible;font:12px var(--sans)}
.scale text{fill:var(--ink)}
.scale .tick{fill:var(--faint)}
.scale .lane{fill:var(--raised);stroke:var(--line);stroke-width:1}
.scale .bar{stroke-width:2}
.scale .guide{stroke:var(--line);stroke-dasharray:2 3}
${ROLES.map(
  ([state, role]) =>
    `.scale .${state}{fill:var(--${role}-line);stroke:var(--${role}-line)}\n.state.${state}{color:var(--${role})}`,
).join('\n')}
.state{font-size:.85rem;font-weight:600;border:1px solid currentColor;border-radius:999px;padding:.02rem .55rem;margin-left:.3rem;white-space:nowrap}
@media screen and (max-width:46rem){
body{font-size:15px}
h1{font-size:1.45rem}
nav{position:static}
nav a{padding:.35rem .5rem}
.stretch .entry,.days .entry{padding-left:0}
.stretch .entry>.time{position:static;display:block}
.graph svg{max-width:none}
#milestones th,#milestones td{white-space:normal;overflow-wrap:break-word;padding:.25rem .4rem}
#milestones td:first-child{white-space:nowrap}
}
@media print{
body{font-size:10pt}
nav,.filter,.skip,.hint{display:none}
body>header,main,body>footer{max-width:none;padding:0}
details::details-content{content-visibility:visible;display:block}
pre,.table{max-height:none;overflow:visible}
pre code{white-space:pre-wrap}
th,td{white-space:normal;overflow-wrap:anywhere}
h1,h2,h3,h4{break-after:avoid}
tr,.entry{break-inside:avoid}
a{color:inherit;text-decoration:none}
}
.graph svg{${SVG_STYLE.replaceAll('@media (prefers', '@media screen and (prefers')}}
`;

function variables(palette: Palette): string {
  const { paper, raised, ink, muted, border, accent, success, danger, warning, mask } = palette;
  return `--paper:${paper};--raised:${raised};--ink:${ink};--faint:${muted.text};--line:${border};--link:${accent.text};
--faint-line:${muted.line};--link-line:${accent.line};--success-line:${success.line};--danger-line:${danger.line};--warning-line:${warning.line};
--success:${success.text};--danger:${danger.text};--warning:${warning.text};--mask:${mask.line};--mask-ink:${mask.text}`;
}

/**
 * The script of a page: one button to unfold everything, the phase in the address, and everything
 * unfolded in print. Nothing on the page depends on it.
 */
export const HTML_SCRIPT = `'use strict';
const folds = [...document.querySelectorAll('details')];
if (folds.length > 0) {
  const button = document.createElement('button');
  button.type = 'button';
  const say = () => { button.textContent = folds.some((fold) => !fold.open) ? 'Expand all' : 'Collapse all'; };
  button.addEventListener('click', () => {
    const open = folds.some((fold) => !fold.open);
    for (const fold of folds) fold.open = open;
    say();
  });
  for (const fold of folds) fold.addEventListener('toggle', say);
  say();
  document.querySelector('.filter')?.append(button);
}
for (const radio of document.querySelectorAll('.filter input')) {
  radio.addEventListener('change', () => { history.replaceState(null, '', '#' + radio.id); });
  if (location.hash === '#' + radio.id) radio.checked = true;
}
const folded = [];
addEventListener('beforeprint', () => {
  for (const fold of folds) if (!fold.open) { fold.open = true; folded.push(fold); }
});
addEventListener('afterprint', () => {
  for (const fold of folded.splice(0)) fold.open = false;
});
`;
