import { type PlainStyle, painted, styled } from '#report/plain/line.ts';
import { counted } from '#text/count.ts';
import { harmless } from '#text/harmless.ts';
import { wrapTo } from '#text/width.ts';
import type { Check, Status } from './check.ts';

const WIDTH = 80;
const STATUS_WIDTH = 11;
const STYLES: Readonly<Record<Status, PlainStyle>> = {
  ok: 'good',
  warning: 'warn',
  problem: 'bad',
};

/** The number of checks by result. */
export type Tally = { readonly ok: number; readonly warnings: number; readonly problems: number };

/** Counts checks by status. */
export function tallyOf(checks: readonly Check[]): Tally {
  const count = (status: Status) => checks.filter((check) => check.status === status).length;
  return { ok: count('ok'), warnings: count('warning'), problems: count('problem') };
}

/** Returns checks as lines of at most 80 columns, by section, and their tally. */
export function reportText(checks: readonly Check[], coloured: boolean): string {
  const sections = Map.groupBy(checks, ({ section }) => section);
  const blocks = [...sections].map(([section, own]) =>
    [
      painted(styled(harmless(section), 'bold'), coloured),
      ...own.flatMap((check) => linesOf(check, coloured)),
    ].join('\n'),
  );
  return [...blocks, tallyText(tallyOf(checks))].join('\n\n');
}

function linesOf({ status, text, hint }: Check, coloured: boolean): readonly string[] {
  const indent = ' '.repeat(STATUS_WIDTH);
  const [first = '', ...more] = wrapped(text);
  const sign = painted(styled(`  ${status.padEnd(STATUS_WIDTH - 2)}`, STYLES[status]), coloured);
  const said = hint === undefined ? [] : wrapped(hint, '  ');
  return [`${sign}${first}`, ...[...more, ...said].map((line) => `${indent}${line}`)];
}

function wrapped(text: string, indent = ''): readonly string[] {
  const lines = wrapTo(harmless(text), WIDTH - STATUS_WIDTH - indent.length);
  return lines.map((line) => `${indent}${line}`);
}

function tallyText({ ok, warnings, problems }: Tally): string {
  return `${ok} ok, ${counted(warnings, 'warning')}, ${counted(problems, 'problem')}`;
}
