import { readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { advance } from '#machine/advance.ts';
import { compileRunbook } from '#machine/compile-runbook.ts';
import type { PendingChange, PinnedRows, TargetFacts } from '#machine/context.ts';
import type { Execute } from '#machine/effect.ts';
import type { MachineEvent } from '#machine/event.ts';
import { unconfirmedChanges } from '#machine/unconfirmed-changes.ts';
import type { Runbook } from '#runbook/model/runbook.ts';
import { digestOf } from '#safety/actions/digest.ts';
import { Stepper, sha256, shipped, unjudged } from '../fixtures/compiled.ts';
import { appliedAll, pointedAt } from '../fixtures/effects/applied.ts';
import { composedText, INNER, READS, runbookText } from '../fixtures/generated-runbook.ts';
import { draws, fc } from '../support/properties.ts';

const library = readdirSync(new URL('../../runbooks', import.meta.url))
  .filter((file) => /^[\w-]+\.yaml$/.test(file))
  .map((file) => file.replace('.yaml', ''));

const texts = fc.oneof(runbookText, composedText);

const rows = fc.array(fc.record({ pid: fc.nat(9), x: fc.nat(3), ok: fc.boolean() }), {
  maxLength: 5,
});
/** A server behind the `mysql:` URL of generated runbooks. */
const MYSQL: TargetFacts = {
  ...{ name: 'my', engine: 'mysql', host: 'h', port: 3306, database: 'd', user: null },
  description: 'mysql h:3306/d',
};

/** The URL says MySQL; the server may be MariaDB. */
const serverOfMysql = fc
  .constantFrom<'mysql' | 'mariadb'>('mysql', 'mariadb')
  .map((engine): TargetFacts => ({ ...MYSQL, engine, isConnected: true }));

function connectedTo(facts: TargetFacts): MachineEvent {
  return { type: 'CONNECTED', target: 'my', facts };
}

const mysqlAtFirst = fc.oneof(fc.constant(MYSQL), serverOfMysql);

const POSTGRES: TargetFacts = {
  ...{ name: 'db', engine: 'postgres', host: 'db1', port: 5432, database: 'shop', user: 'oncall' },
  description: 'postgres oncall@db1:5432/shop',
};

/** Parses and judges a generated runbook, in which nothing may be wrong. */
function judged(text: string): Runbook {
  const applied = appliedAll(unjudged(text, 'inline', { inner: INNER }));
  expect(pointedAt(applied)).toEqual([]);
  return applied.runbook;
}

const timing = { at: '2026-01-01T00:00:00Z', elapsedMs: 1 };

type Sent = MachineEvent | 'CONFIRM_RIGHT' | 'SAME_ROWS';

/** Any event an operator, an executor or an attacker could send; `digest` is sometimes the right one. */
const anyEvent = (stepCount: number): fc.Arbitrary<Sent> =>
  fc.oneof(
    fc.constantFrom<Sent>(
      'CONFIRM_RIGHT',
      { type: 'CONTINUE' },
      { type: 'AUTO', on: true },
      { type: 'REFRESH' },
      { type: 'RETRY' },
      { type: 'RECHECK' },
      { type: 'STOP' },
      { type: 'TIMER' },
      { type: 'DECLINE', reason: 'no' },
      { type: 'SKIP', reason: 'no' },
      { type: 'MARK_DONE', evidence: 'did it' },
      { type: 'INTERRUPTED', started: true },
      { type: 'INTERRUPTED', started: false },
      { type: 'EDIT', inputs: { go: false }, targets: {} },
      { type: 'CHOOSE.next', reason: '' },
      { type: 'ABORT', reason: 'no' },
      { type: 'CHOOSE.0', reason: '' },
      { type: 'UNKNOWN', error: { kind: 'reset', message: 'gone' } },
      { type: 'FAILED', error: { kind: 'timeout', message: 'slow' }, elapsedMs: 1, random: 0.5 },
    ),
    fc.nat(stepCount - 1).map((to): MachineEvent => ({ type: `JUMP.s${to}` })),
    fc.nat(stepCount - 1).map((to): MachineEvent => ({ type: `UNDO.s${to}` })),
    fc.constantFrom<MachineEvent>({ type: 'JUMP.c' }, { type: 'JUMP.f' }, { type: 'UNDO.c/end' }),
    fc
      .record({
        step: fc.constantFrom('p1', 'p2', 's1', 's2'),
        item: fc.constantFrom(undefined, 1, 2),
      })
      .map(
        (about): MachineEvent => ({ type: 'SUCCEEDED', result: { rows: [] }, ...timing, ...about }),
      ),
    fc.string().map((digest): MachineEvent => ({ type: 'CONFIRM', digest, previewAgeMs: 0 })),
    {
      weight: 3,
      arbitrary: rows.map(
        (found): MachineEvent => ({
          type: 'SUCCEEDED',
          result: { columns: ['pid', 'x', 'ok'], rows: found, row_count: found.length },
          ...timing,
        }),
      ),
    },
    { weight: 2, arbitrary: fc.constant('CONFIRM_RIGHT' as const) },
    { weight: 1, arbitrary: serverOfMysql.map(connectedTo) },
    { weight: 2, arbitrary: fc.constant('SAME_ROWS' as const) },
  );

/** The confirmation that was sent last, and the rows its gate showed. */
type Confirmed = {
  readonly digest: string;
  readonly rows: PinnedRows['rows'];
  /** The changes of the same gate that may follow, by their digests, until the operator is asked. */
  readonly following: Set<string>;
};

/** Sends an event and checks every effect it has; returns how many changes it started. */
function sendAndCheck(stepper: Stepper, event: Sent, given: { last?: Confirmed }): number {
  const { visit } = stepper.at.snapshot.context;
  const isChecking = stepper.state.includes('checking');
  const isAtGate = stepper.state.endsWith('gate');
  const sent = event === 'SAME_ROWS' ? sameRows(visit.preview) : event;
  const moved = sent === 'CONFIRM_RIGHT' ? rightConfirmation(visit.pending) : sent;
  stepper.send(moved);
  if (moved.type === 'CONFIRM' && isAtGate)
    given.last = {
      digest: moved.digest,
      rows: visit.preview?.rows ?? [],
      following: followingOf(visit.pending),
    };
  checkReads(stepper);
  const changes = stepper.at.effects.filter((effect) => effect.type === 'executeChange');
  for (const { params } of changes) {
    const isByRows = isChecking && moved.type === 'SUCCEEDED';
    // Each change of a list follows once.
    const isFollowing = given.last?.following.delete(params.digest ?? '') === true;
    expect(isByRows || isFollowing || moved.type === 'CONFIRM').toBe(true);
    expect(given.last?.digest).toBe(params.confirmed);
    checkChange(stepper, params, given.last?.rows ?? []);
  }
  const isQuestion = stepper.at.effects.some(({ type }) => type === 'await');
  if (isQuestion || moved.type === 'INTERRUPTED') given.last?.following.clear();
  return changes.length;
}

/** Only what reads, by its own text, runs without a gate. */
function checkReads({ at }: Stepper): void {
  for (const effect of at.effects) {
    if (effect.type !== 'executeRead') continue;
    const { params } = effect;
    expect(params).toMatchObject({ effect: 'read' });
    if ('kind' in params.action && params.action.kind === 'sql')
      expect(READS).toContain(params.action.text);
  }
}

/** Returns the digests of the changes that the gate of a change shows after it. */
function followingOf(pending: PendingChange | undefined): Set<string> {
  return new Set(pending?.all?.slice(1).map(({ digest }) => digest));
}

/** What runs has the digest of exactly that; rows that were spared are left out, and none is added. */
function checkChange({ at }: Stepper, params: Execute, shown: PinnedRows['rows']): void {
  if ('unresolved' in params.action) throw new Error('an unrendered change was executed');
  const rows = at.snapshot.context.visit.preview?.rows ?? [];
  const place = params.step.includes('/') ? 'db' : 'postgres oncall@db1:5432/shop';
  const isOnMysql = 'target' in params.action && params.action.target === 'my';
  const where = params.action.kind === 'http' ? 'here' : isOnMysql ? 'mysql h:3306/d' : place;
  const { step, action, item, part, digest, confirmed, isTogether } = params;
  const more = {
    ...(item === undefined ? {} : { item: item.index }),
    ...(part === 'undo' ? { part } : {}),
  };
  expect(digest).toBe(digestOf({ step, action, where, rows, ...more }, sha256));
  for (const row of rows) expect(shown).toContainEqual(row);
  expect(digest === confirmed).toBe(rows.length === shown.length && isTogether !== true);
}

function sameRows(preview: PinnedRows | undefined): MachineEvent {
  const { columns = [], rows: found = [] } = preview ?? {};
  const result = { columns, rows: found, row_count: found.length };
  return { type: 'SUCCEEDED', result, ...timing };
}

function rightConfirmation(pending: PendingChange | undefined): MachineEvent {
  return {
    type: 'CONFIRM',
    digest: pending?.digest ?? '',
    phrase: pending?.phrase,
    previewAgeMs: 0,
  };
}

describe('nothing that changes anything runs unconfirmed', () => {
  test.each(library)('the graph of %s leads to every change through its gate only', (name) => {
    expect(unconfirmedChanges(compileRunbook(shipped(name), sha256))).toEqual([]);
  });

  test('so do the graphs of generated runbooks', () => {
    fc.assert(
      fc.property(composedText, (text) => {
        const runbook = judged(text);
        expect(unconfirmedChanges(compileRunbook(runbook, sha256))).toEqual([]);
        const dry = compileRunbook(runbook, sha256, { mode: 'dry-run' });
        expect(JSON.stringify(dry.config)).not.toContain('executeChange');
      }),
      draws(60),
    );
  });

  test('whatever is sent, a change starts only on a confirmation of exactly what runs', () => {
    let changes = 0;
    fc.assert(
      fc.property(texts, mysqlAtFirst, fc.infiniteStream(anyEvent(6)), (text, my, events) => {
        const stepper = new Stepper(judged(text), {
          inputs: { go: true, url: 'postgres://h/d' },
          targets: { db: POSTGRES, my },
        });
        const given: { last?: Confirmed } = {};
        for (const event of events.take(60)) changes += sendAndCheck(stepper, event, given);
      }),
      draws(100),
    );
    expect(changes).toBeGreaterThan(5);
  });

  test('transitions are pure: the same event twice gives the same snapshot and effects', () => {
    const stepper = new Stepper(shipped('pool-exhausted'), {
      inputs: { idle_for: '5s', idle_in_transaction_for: '5s', min_free: 4 },
    });
    const { snapshot } = stepper.at;
    const result = { columns: [], rows: [], row_count: 0 };
    const event = { type: 'SUCCEEDED', result, ...timing } as const;
    const [first, second] = [1, 2].map(() => advance(snapshot, event));
    const seen = (at = first) =>
      JSON.stringify([at?.snapshot.value, at?.snapshot.context, at?.effects]);
    expect(seen(first)).toBe(seen(second));
  });
});
