import { counted } from '#text/count.ts';
import type { ShownAction } from '../log/event.ts';
import type { ChangedSession } from '../view/run-view.ts';

/** The words for the things that a change counts. */
type CountWords = {
  readonly noun: string;
  /** Before it ran, e.g. `to terminate`. */
  readonly ahead: string;
  /** After it ran, e.g. `terminated`. */
  readonly done: string;
};

/** By what a statement contains; the first that fits. */
const WORDS: readonly (readonly [RegExp, CountWords | undefined])[] = [
  [
    /\bpg_cancel_backend\b|\bKILL\s+QUERY\b/i,
    { noun: 'statement', ahead: 'to cancel', done: 'cancelled' },
  ],
  [
    /\bpg_terminate_backend\b|\bKILL\b/i,
    { noun: 'session', ahead: 'to terminate', done: 'terminated' },
  ],
  [/^\s*UPDATE\b/i, { noun: 'row', ahead: 'to update', done: 'updated' }],
  [/^\s*DELETE\b/i, { noun: 'row', ahead: 'to delete', done: 'deleted' }],
  [/^\s*(?:INSERT|REPLACE)\b/i, { noun: 'row', ahead: 'to insert', done: 'inserted' }],
  [/^\s*(?:WITH|MERGE)\b/i, { noun: 'row', ahead: 'affected', done: 'affected' }],
  [/^\s*SELECT\b[\s\S]*\bFROM\b/i, { noun: 'row', ahead: 'affected', done: 'affected' }],
];

/**
 * Returns the words for what a statement counts; undefined if it counts nothing, such as a GRANT, an
 * ALTER or a script.
 */
function countWords({ kind, text }: ShownAction): CountWords | undefined {
  return kind === 'sql' ? WORDS.find(([fits]) => fits.test(text))?.[1] : undefined;
}

/** Describes the rows on a gate, e.g. `9 sessions to terminate`, or `preview: 1 row`. */
export function aheadText(action: ShownAction, count: number): string {
  const words = countWords(action);
  if (words === undefined) return `preview: ${counted(count, 'row')}`;
  return `${counted(count, words.noun)} ${words.ahead}`;
}

/**
 * Describes what a change did to `count` of `all`, e.g. `8 of 9 sessions terminated`, or to its only
 * session; undefined if its statement counts nothing.
 */
export function doneText(
  action: ShownAction,
  count: number,
  all = count,
  session?: ChangedSession,
): string | undefined {
  const words = countWords(action);
  if (words === undefined) return undefined;
  if (session !== undefined && words.noun !== 'row') return sessionText(words, session);
  const things = counted(all, words.noun);
  return `${count === all ? things : `${count} of ${things}`} ${words.done}`;
}

/** A cancelled statement rolls back less than its session's transaction had changed. */
function sessionText({ noun, done }: CountWords, { pid, changedRows }: ChangedSession): string {
  if (noun !== 'session') return `${noun} of session ${pid} ${done}`;
  const lost =
    changedRows === undefined ? '' : `, ${counted(changedRows, 'changed row')} rolled back`;
  return `session ${pid} ${done}${lost}`;
}
