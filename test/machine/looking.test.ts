import { expect, test } from 'vitest';
import { unconfirmedChanges } from '#machine/unconfirmed-changes.ts';
import { parsed, Stepper } from '../fixtures/compiled.ts';

const TEXT = `
name: inline
title: t
summary: s
targets: { app: { ssh: app@web-1 } }
steps:
  - { id: fix, on: app, effect: change, shell: systemctl restart app }
`;

const LOOKED = {
  type: 'SUCCEEDED',
  result: { server: 'one', shown: 'web-1' },
  at: '2026-01-01T00:00:01Z',
  elapsedMs: 0,
} as const;

const INTERRUPTED = { type: 'INTERRUPTED', started: false } as const;

function digestOf(run: Stepper): string {
  return run.at.snapshot.context.visit.pending?.digest ?? 'none';
}

test('a change in another place looks there before its gate, and its digest is for what was found', () => {
  const run = new Stepper(parsed(TEXT), { identifies: true });
  run.send({ type: 'CONTINUE' });
  expect(run.state).toBe('fix.connecting');
  run.send(LOOKED);
  expect(run.state).toBe('fix.gate');
  const one = digestOf(run);
  run.send({ type: 'REFRESH' });
  run.send({ ...LOOKED, result: { ...LOOKED.result, server: 'two' } });
  expect(digestOf(run)).not.toBe(one);
  expect(run.at.snapshot.context.visit.pending?.changes).toEqual({ server: true });
  run.send({ type: 'CONFIRM', digest: one });
  expect(run.state).toBe('fix.gate');
  run.send({ type: 'CONFIRM', digest: digestOf(run) });
  expect(run.at.effects[0]).toMatchObject({ type: 'executeChange', params: { server: 'two' } });
});

test('a change that was sent and met another machine looks again, and is asked about again', () => {
  const run = new Stepper(parsed(TEXT), { identifies: true });
  run.send({ type: 'CONTINUE' });
  run.send(LOOKED);
  run.send({ type: 'CONFIRM', digest: digestOf(run) });
  const error = { kind: 'other_server', message: 'm' } as const;
  run.send({ type: 'FAILED', error, elapsedMs: 0, random: 0 });
  expect(run.state).toBe('fix.connecting');
});

test('a look that fails leads to no gate', () => {
  const run = new Stepper(parsed(TEXT), { identifies: true });
  run.send({ type: 'CONTINUE' });
  run.send({ type: 'FAILED', error: { kind: 'auth', message: 'm' }, elapsedMs: 0, random: 0 });
  expect(run.state).not.toContain('gate');
});

test('a run that began without looking looks once a release that looks resumes it', () => {
  const run = new Stepper(parsed(TEXT));
  run.send({ type: 'CONTINUE' });
  expect(run.state).toBe('fix.gate');
  run.send(INTERRUPTED);
  expect(run.state).toBe('fix.gate');
  run.send({ ...INTERRUPTED, identifies: true });
  expect(run.state).toBe('fix.connecting');
  run.send(LOOKED);
  expect(run.at.snapshot.context.visit.pending?.server).toBe('one');
});

test('no way leads around the gate', () => {
  const run = new Stepper(parsed(TEXT), { identifies: true });
  expect(unconfirmedChanges(run.machine)).toEqual([]);
});
