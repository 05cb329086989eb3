import type { RunEvent } from '#events/log/event.ts';
import { type Failure, failure } from './failure.ts';
import type { Rehearsed } from './stage.ts';

/** The marker of a missing value in a text for people. */
const HOLE = /‹no ([^›]+)›/g;

/**
 * Returns a failure for every finding or warning shown with a missing value: neither the results of
 * the case nor the path to that step provide it.
 */
export function holes(rehearsed: Rehearsed): readonly Failure[] {
  const { findings, summary } = rehearsed.case.expect;
  const expected = [
    ...(findings?.entries ?? []).flatMap((entry) => ('any' in entry ? [] : [entry.value])),
    summary?.value ?? '',
  ];
  const told = new Set<string>();
  return rehearsed.events.flatMap(({ event }) => {
    const [what, text] = textOf(event);
    return [...text.matchAll(HOLE)].flatMap(([hole, name = '']): readonly Failure[] => {
      const message = `${what} has no value for ${name}`;
      if (told.has(message) || expected.some((part) => part.includes(hole))) return [];
      told.add(message);
      return [
        failure(message, rehearsed.case.span, {
          hint: 'give it in a result, or check that the step it comes from runs before',
        }),
      ];
    });
  });
}

function textOf(event: RunEvent): readonly [string, string] {
  switch (event.type) {
    case 'branch.taken':
      return [`the finding of ${event.step}`, event.finding ?? ''];
    case 'gate.opened':
      return [`the warning of ${event.step}`, event.warning ?? ''];
    case 'operator.awaited':
      return [`the question of ${event.step}`, event.prompt ?? ''];
    case 'run.finished':
      return ['the summary', event.summary];
    default:
      return ['', ''];
  }
}
