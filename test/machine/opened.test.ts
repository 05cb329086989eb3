import { readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { AnyStateNode } from 'xstate';
import { advance, begin, type MachineSnapshot } from '#machine/advance.ts';
import { compileAsOpened, compileRunbook, opened } from '#machine/compile-runbook.ts';
import type { MachineInput } from '#machine/context.ts';
import type { MachineEvent } from '#machine/event.ts';
import { placedSteps } from '#machine/placed-step.ts';
import { possibleEvents } from '#machine/possible-events.ts';
import { unconfirmedChanges } from '#machine/unconfirmed-changes.ts';
import { childOpener } from '#run/values/open-child.ts';
import type { Runbook } from '#runbook/model/runbook.ts';
import { parsed, sha256, shipped } from '../fixtures/compiled.ts';
import { composedText, INNER } from '../fixtures/generated-runbook.ts';
import { draws, fc } from '../support/properties.ts';

const library = readdirSync(new URL('../../runbooks', import.meta.url))
  .filter((file) => /^[\w-]+\.yaml$/.test(file))
  .map((file) => file.replace('.yaml', ''));

const callers = (runbook: Runbook) =>
  [...placedSteps(runbook).values()].filter(({ does }) => does.kind === 'runbook');

const idsIn = (node: AnyStateNode): readonly string[] => [
  node.id,
  ...Object.values(node.states).flatMap(idsIn),
];

const INPUT: MachineInput = {
  run: { id: 'r1', operator: 'ada', started_at: '2026-01-01T00:00:00Z' },
  inputs: { go: true, url: 'postgres://h/d' },
  targets: {},
  auto: true,
};

const options = { openChild: childOpener(new Map()) };

describe('a machine without the runbooks that run as steps', () => {
  test.each(library)('of %s gets the states of each when it starts, with its gates', (name) => {
    const runbook = shipped(name);
    const whole = compileRunbook(runbook, sha256);
    let machine = compileAsOpened(runbook, sha256);
    expect(unconfirmedChanges(machine)).toEqual([]);
    for (const { id } of callers(runbook)) {
      expect(idsIn(machine.root).filter((other) => other.startsWith(`run.${id}/`))).toEqual([]);
      machine = opened(machine, id);
      expect(unconfirmedChanges(machine)).toEqual([]);
    }
    expect(idsIn(machine.root)).toEqual(idsIn(whole.root));
    expect(machine.events.toSorted()).toEqual(whole.events.toSorted());
  });

  test('has only those that were started', () => {
    const machine = compileAsOpened(shipped('triage'), sha256);
    expect(idsIn(machine.root).some((id) => id.includes('/'))).toBe(false);
    expect(() => opened(compileRunbook(shipped('triage'), sha256), 'pool')).toThrow('pool');
  });

  test('decides and offers the same as one with all of them', () => {
    let entered = 0;
    fc.assert(
      fc.property(composedText, fc.infiniteStream(ANY_EVENT), (text, events) => {
        const runbook = parsed(text, 'inline', { inner: INNER });
        let whole = begin(compileRunbook(runbook, sha256, options), INPUT);
        let grown = begin(compileAsOpened(runbook, sha256, options), INPUT);
        for (const event of events.take(60)) {
          const sent = event === 'CONFIRM_RIGHT' ? rightConfirmation(whole.snapshot) : event;
          whole = advance(whole.snapshot, sent);
          grown = advance(grown.snapshot, sent);
          expect(grown.effects).toEqual(whole.effects);
          expect(grown.snapshot.value).toEqual(whole.snapshot.value);
          expect(grown.snapshot.context).toEqual(whole.snapshot.context);
          expect(grown.snapshot.status).toBe(whole.snapshot.status);
          expect(possibleEvents(grown.snapshot)).toEqual(possibleEvents(whole.snapshot));
          if (whole.effects.some(({ type }) => type === 'call')) entered += 1;
        }
      }),
      draws(100),
    );
    expect(entered).toBeGreaterThan(5);
  });
});

const about = fc.constantFrom<{ step?: string }>(
  {},
  { step: 'p1' },
  { step: 'p2' },
  { step: 'c/look' },
  { step: 'c/end' },
);

const ANY_EVENT: fc.Arbitrary<MachineEvent | 'CONFIRM_RIGHT'> = fc.oneof(
  fc.constantFrom<MachineEvent | 'CONFIRM_RIGHT'>(
    'CONFIRM_RIGHT',
    { type: 'CONTINUE' },
    { type: 'AUTO', on: true },
    { type: 'AUTO', on: false },
    { type: 'RETRY' },
    { type: 'STOP' },
    { type: 'RECHECK' },
    { type: 'DECLINE', reason: 'no' },
    { type: 'SKIP', reason: 'no' },
    { type: 'MARK_DONE', evidence: 'did it' },
    { type: 'INTERRUPTED', started: true },
    { type: 'CHOOSE.next', reason: '' },
    { type: 'UNKNOWN', error: { kind: 'reset', message: 'gone' } },
    { type: 'FAILED', error: { kind: 'timeout', message: 'slow' }, elapsedMs: 1, random: 0.5 },
    { type: 'JUMP.c' },
    { type: 'JUMP.c/end' },
    { type: 'JUMP.p' },
    { type: 'UNDO.c/end' },
  ),
  {
    weight: 3,
    arbitrary: about.map(
      (which): MachineEvent => ({
        type: 'SUCCEEDED',
        result: { columns: ['x'], rows: [{ x: 1 }], row: { x: 1 }, row_count: 1 },
        at: '2026-01-01T00:00:00Z',
        elapsedMs: 1,
        ...which,
      }),
    ),
  },
);

function rightConfirmation({ context }: MachineSnapshot): MachineEvent {
  const { digest = '', phrase } = context.visit.pending ?? {};
  return { type: 'CONFIRM', digest, phrase, previewAgeMs: 0 };
}
