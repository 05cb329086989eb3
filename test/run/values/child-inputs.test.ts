import { describe, expect, test } from 'vitest';
import type { EventOf } from '#events/log/event.ts';
import {
  type ChildTexts,
  childTexts,
  forgottenSecrets,
  keepChildSecrets,
  lackingInputs,
  openInputs,
  recordedTexts,
  shownTexts,
} from '#run/values/child-inputs.ts';
import { SecretValues } from '#run/values/secrets.ts';
import { parsed } from '../../fixtures/compiled.ts';
import { RUN_STARTED } from '../../fixtures/pool-exhausted-steps.ts';

const END = '  - { id: end, finish: { outcome: resolved, summary: Done } }\n';
const INNER = `
name: inner
title: Inner
summary: Runs inside.
inputs:
  url: { secret: true, env: INNER_URL }
  table: { env: INNER_TABLE }
  limit: { type: number, default: 3, required: true }
  note: { required: false }
steps:
${END}`;
const OTHER = `
name: other
title: Other
summary: Runs inside too.
inputs: { pin: { secret: true } }
steps:
${END}`;
const NAMED = `
name: named
title: Named
summary: One of its inputs is always named.
inputs: { a: {}, b: { default: x } }
steps:
${END}`;
const RUNBOOK = parsed(
  `
name: outer
title: Outer
summary: Runs others.
steps:
  - { id: look, manual: Look. }
  - { id: one, runbook: inner, with: { table: orders, url: x } }
  - { id: two, runbook: inner, with: { table: jobs } }
  - { id: three, runbook: inner, with: { url: x } }
  - { id: four, runbook: other }
  - { id: five, runbook: named, with: { a: x } }
${END}`,
  'outer.yaml',
  { inner: INNER, other: OTHER, named: NAMED },
);

const namesOf = (open: ReturnType<typeof openInputs>) =>
  open.map(({ runbook, inputs }) => [runbook.name, inputs.map(({ name }) => name)]);
const texts = (all: Readonly<Record<string, Readonly<Record<string, string>>>>): ChildTexts =>
  new Map(Object.entries(all));

test('a runbook that runs as a step has each input open that a step does not name', () => {
  expect(namesOf(openInputs(RUNBOOK))).toEqual([
    ['inner', ['url', 'table', 'limit', 'note']],
    ['other', ['pin']],
    ['named', ['b']],
  ]);
});

test('what runs as a step gets what was given, else its own variable, empty or not set for none', () => {
  const given = texts({ inner: { table: 'given' } });
  const env = { INNER_URL: 'postgres://x', INNER_TABLE: 'from the environment', undefined: 'x' };
  expect(childTexts(RUNBOOK, { given, env })).toStrictEqual(
    texts({ inner: { url: 'postgres://x', table: 'given' }, other: {}, named: {} }),
  );
  expect(childTexts(RUNBOOK, { given: undefined, env: { INNER_URL: '' } })).toEqual(
    texts({ inner: {}, other: {}, named: {} }),
  );
  const other = texts({ other: { pin: '7' } });
  expect(childTexts(RUNBOOK, { given: other, env: { INNER_TABLE: 'x' } })).toEqual(
    texts({ inner: { table: 'x' }, other: { pin: '7' }, named: {} }),
  );
});

test('it lacks what it requires, has no default and got no text for', () => {
  expect(namesOf(lackingInputs(RUNBOOK, texts({ inner: { url: 'x' } })))).toEqual([
    ['inner', ['table']],
    ['other', ['pin']],
  ]);
  const all = texts({ inner: { url: 'x', table: 'y' }, other: { pin: '7' } });
  expect(lackingInputs(RUNBOOK, all)).toEqual([]);
});

test('its secrets are masked by runbook and input', () => {
  const secrets = new SecretValues();
  keepChildSecrets(RUNBOOK, texts({ inner: { url: 'hidden-url', table: 'seen-table' } }), secrets);
  expect(secrets.redactor.text('hidden-url seen-table')).toBe('‹secret:inner.url› seen-table');
  expect(secrets.get('other.pin')).toBeUndefined();
});

test('its texts are shown in the record, secrets by their names', () => {
  const [inner] = openInputs(RUNBOOK);
  if (inner === undefined) throw new Error('there is none');
  expect(shownTexts(inner.runbook, { url: 'hidden', table: 'orders' })).toEqual([
    { name: 'url', secret: true, value: '‹secret:url›' },
    { name: 'table', secret: false, value: 'orders' },
  ]);
  expect(shownTexts(inner.runbook)).toEqual([]);
});

describe('a run that is resumed', () => {
  const started: EventOf<'run.started'> = {
    ...RUN_STARTED,
    children: [
      {
        ...{ name: 'inner', file: 'inner.yaml', sha256: '' },
        inputs: [
          { name: 'url', secret: true, value: '‹secret:url›' },
          { name: 'table', secret: false, value: 'orders' },
        ],
      },
      { name: 'other', file: 'other.yaml', sha256: '' },
    ],
  };
  const { children: _, ...alone } = started;

  test('has the texts it began with, and secrets as they are now', () => {
    const now = texts({ inner: { url: 'new', table: 'changed' }, other: { pin: '7' } });
    expect(recordedTexts(started, now)).toStrictEqual(
      texts({ inner: { url: 'new', table: 'orders' }, other: {} }),
    );
    expect(recordedTexts(started, texts({}))).toStrictEqual(
      texts({ inner: { table: 'orders' }, other: {} }),
    );
    expect(recordedTexts(alone, now)).toEqual(new Map());
  });

  test('needs the secrets again that it had and that nothing gives now', () => {
    expect(namesOf(forgottenSecrets(RUNBOOK, started, texts({})))).toEqual([['inner', ['url']]]);
    expect(forgottenSecrets(RUNBOOK, started, texts({ inner: { url: 'x' } }))).toEqual([]);
    expect(forgottenSecrets(RUNBOOK, alone, texts({}))).toEqual([]);
    const [inner, other] = started.children ?? [];
    if (inner === undefined || other === undefined) throw new Error('there is none');
    const pin = { name: 'pin', secret: true, value: '‹secret:pin›' };
    const had = { ...started, children: [inner, { ...other, inputs: [pin] }] };
    expect(namesOf(forgottenSecrets(RUNBOOK, had, texts({})))).toEqual([
      ['inner', ['url']],
      ['other', ['pin']],
    ]);
    const open = { ...started, children: [{ ...inner, inputs: inner.inputs?.slice(1) ?? [] }] };
    expect(forgottenSecrets(RUNBOOK, open, texts({}))).toEqual([]);
  });
});
