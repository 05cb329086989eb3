import { agreeing } from '#text/count.ts';
import { CATEGORIES } from './category.ts';
import type { Group, Summary } from './summary.ts';

const SHOWN_ALTERNATIVES = 3;
const LONGEST_LINE = 160;

/**
 * The style of a summary: the available runbooks, and a function that makes a log line printable.
 */
type SummaryStyle = {
  readonly found: ReadonlySet<string>;
  readonly shown: (line: string) => string;
};

/** Returns a summary for people: a section per category, with the command to run next. */
export function matchLines(summary: Summary, style: SummaryStyle): readonly string[] {
  const { records, matched, groups } = summary;
  if (groups.length === 0)
    return [
      records === 0
        ? 'There is nothing to read.'
        : `None of ${amount(records, 'record')} speaks of a failed database connection.`,
      ...(records === 0
        ? []
        : ['If it should, a runbook can name the text: docs/operate/matching.md.']),
    ];
  const some =
    records === matched
      ? `${amount(records, 'record')}:`
      : `${amount(matched, 'record')} of ${number(records)}:`;
  return [some, ...groups.flatMap((group) => ['', ...groupLines(group, style)])];
}

function groupLines(group: Group, style: SummaryStyle): readonly string[] {
  const { category, runbook, count, first, last, evidence, why } = group;
  const title =
    category === 'none'
      ? `symptoms that the runbook ${runbook} names`
      : `${category}: ${CATEGORIES[category].title}`;
  const when = first === undefined ? [] : [first === last ? first : `${first} to ${last}`];
  return [
    `${title}, ${[`${number(count)}×`, ...when].join(', ')}`,
    ...evidence.map(({ text, count: times }) => {
      const line = style.shown(text);
      const short = line.length > LONGEST_LINE ? `${line.slice(0, LONGEST_LINE)}…` : line;
      return `  │ ${short}${times > 1 ? `  (${number(times)}×)` : ''}`;
    }),
    `  seen     ${why}`,
    ...nextLines(group, style),
    ...alternativeLines(group, style),
  ];
}

function nextLines(
  { runbook, symptomOf, weak }: Group,
  { found }: SummaryStyle,
): readonly string[] {
  if (weak)
    return [`  weak     it may be another service; if it is the database: runbook run ${runbook}`];
  const others = symptomOf.filter((name) => name !== runbook && found.has(name));
  const named = others.map((name) => `runbook run ${name}`).join(', ');
  if (found.has(runbook))
    return [
      `  next     runbook run ${runbook}`,
      ...(named === '' ? [] : [`           its text is also a symptom of: ${named}`]),
    ];
  if (named !== '') return [`  next     ${named}, which names this text among its symptoms`];
  return [`  next     there is no runbook "${runbook}" here; runbook list shows those there are`];
}

function alternativeLines(
  { alternatives, count }: Group,
  { found }: SummaryStyle,
): readonly string[] {
  return alternatives.slice(0, SHOWN_ALTERNATIVES).map(({ category, count: times }, index) => {
    const { runbook, toldBy } = CATEGORIES[category];
    const some = times === count ? '' : ` (${number(times)} of them)`;
    const name = found.has(runbook) ? `${category}, runbook run ${runbook}` : category;
    return `  ${index === 0 ? 'or      ' : '        '} ${name}${some}: if ${toldBy}`;
  });
}

function amount(count: number, noun: string): string {
  return `${number(count)} ${agreeing(count, noun, `${noun}s`)}`;
}

function number(count: number): string {
  return String(count).replace(/\B(?=(?:\d{3})+$)/g, ',');
}
