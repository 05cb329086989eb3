import { OUTCOME_FACTS } from '#runbook/model/outcomes.ts';
import { DARK, LIGHT, type Palette } from '#text/theme.ts';

const SANS = "system-ui,-apple-system,'Segoe UI',Roboto,'DejaVu Sans',sans-serif";
const MONO = "ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono',monospace";

/** The style sheet of drawings; a viewer without dark mode shows the light one. */
export const SVG_STYLE = `
.phase{font:600 11px ${SANS};letter-spacing:1px}
.heading{font:600 17px ${SANS}}
.way{fill:none;stroke-width:1.2}
.way.taken{stroke-width:3}
.way.by-hand{stroke-dasharray:6 4}
.condition{font:12px ${MONO}}
.condition.on-path{font-weight:600}
.box{stroke-width:1.2}
.inner{fill:none;stroke-width:1}
.title{font:600 14px ${SANS}}
.fact{font:12px ${MONO}}
.tag{font:600 10px ${SANS};letter-spacing:.6px}
.change .box,.destructive .box{stroke-width:2.5}
.pause .box{stroke-dasharray:3 3}
.end .box{stroke-width:1.8}
.passed-by{opacity:.55}
${colours(LIGHT)}
@media (prefers-color-scheme:dark){
${colours(DARK)}
.visited .tag{fill:${DARK.detail}}
}
`;

function colours(palette: Palette): string {
  const { paper, band, muted, ink, detail, accent, warning, danger, question, visited } = palette;
  return `.paper{fill:${paper}}
.band{fill:${band}}
.phase,.tag{fill:${muted.text}}
.heading,.title{fill:${ink}}
.way{stroke:${muted.line}}
.way.taken{stroke:${accent.line}}
.head{fill:${muted.line}}
.head-taken{fill:${accent.line}}
.condition,.fact{fill:${detail}}
.condition.on-path{fill:${accent.text}}
.box{fill:${paper};stroke:${muted.text}}
.inner{stroke:${muted.text}}
.change .box{stroke:${warning.line}}
.change .bar{fill:${warning.line}}
.change .tag{fill:${warning.text}}
.destructive .box{stroke:${danger.line}}
.destructive .bar{fill:${danger.line}}
.destructive .tag{fill:${danger.text}}
.question .box{stroke:${question.line}}
.question .tag{fill:${question.text}}
${Object.entries(OUTCOME_FACTS)
  .map(([outcome, { role }]) => `.${outcome} .box{stroke:${palette[role].line}}`)
  .join('\n')}
.visited .box{fill:${visited}}`;
}
