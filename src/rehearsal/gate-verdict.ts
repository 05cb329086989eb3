import type { EventOf } from '#events/log/event.ts';
import { surroundingsOf } from '#events/wording/action-surroundings.ts';
import { textOf } from '#runbook/expression/template.ts';
import { counted } from '#text/count.ts';
import { harmlessLine } from '#text/harmless.ts';
import type { ExpectedGate } from './cases/case.ts';

type Gate = EventOf<'gate.opened'>;

/** Returns how a gate differs from the expected one, and what it shows; undefined if it matches. */
export function gateMisfit(
  expected: ExpectedGate,
  gate: Gate,
): { readonly reason: string; readonly shown: readonly string[] } | undefined {
  const reason = reasonOf(expected, gate);
  return reason === undefined
    ? undefined
    : { reason, shown: linesOf(gate).map((line) => `  ${line}`) };
}

function reasonOf(expected: ExpectedGate, gate: Gate): string | undefined {
  if (expected.step !== gate.step) return `expected the gate of ${expected.step}`;
  for (const name of ['effect', 'level', 'phrase'] as const) {
    const wanted = expected[name];
    if (wanted !== undefined && wanted !== gate[name])
      return `its ${name} is ${gate[name] ?? 'not there'}, expected ${wanted}`;
  }
  const isUndo = gate.part === 'undo';
  if (expected.undo !== undefined && expected.undo !== isUndo)
    return isUndo ? 'it is the gate of an undo' : 'it is not the gate of an undo';
  const rows = gate.preview?.rows.length ?? 0;
  if (expected.rows !== undefined && expected.rows !== rows)
    return `it shows ${counted(rows, 'row')}, expected ${expected.rows}`;
  const text = textOnGate(gate);
  const missing = expected.shows.find((part) => !text.includes(part));
  return missing === undefined ? undefined : `it does not show "${missing}"`;
}

/** Returns all the text on a gate. */
function textOnGate(gate: Gate): string {
  const { title, action, phrase, warning, notRead, undo, preview } = gate;
  const cells = (preview?.rows ?? []).flatMap((row) => Object.values(row).map(textOf));
  const parts = [
    title,
    action.text,
    ...surroundingsOf(action),
    action.stdin,
    action.where,
    phrase,
    warning,
    notRead,
    undo,
    ...cells,
  ];
  return parts.filter((part) => part !== undefined).join('\n');
}

const MOST_ROWS = 5;

function linesOf(gate: Gate): readonly string[] {
  const { effect, level, phrase, action, warning, notRead, preview } = gate;
  const rows = preview?.rows ?? [];
  return [
    `${effect}, confirmed by ${level === 'key' ? 'a key' : `typing ${phrase}`}`,
    `on ${action.where}`,
    ...action.text.trimEnd().split('\n').map(harmlessLine),
    ...(action.values.length > 0 ? [`values: ${action.values.map(harmlessLine).join(', ')}`] : []),
    ...surroundingsOf({ ...action, values: [] }),
    ...(action.stdin === undefined ? [] : [`standard input: ${harmlessLine(action.stdin)}`]),
    ...(warning === undefined ? [] : [`warning: ${harmlessLine(warning)}`]),
    ...(notRead === undefined ? [] : [harmlessLine(notRead)]),
    ...rows.slice(0, MOST_ROWS).map((row) => `row: ${harmlessLine(JSON.stringify(row))}`),
    ...(rows.length > MOST_ROWS ? [`and ${counted(rows.length - MOST_ROWS, 'row')} more`] : []),
  ];
}
