import { describe, expect, test } from 'vitest';
import { RunbookError } from '#errors.ts';
import { RunValues } from '#run/values/current.ts';
import { SecretValues } from '#run/values/secrets.ts';
import type { Secret } from '#safety/redaction/redactor.ts';
import { parsed } from '../../fixtures/compiled.ts';

const CHILD = `
name: inner
title: Inner
summary: Runs inside.
inputs: { pin: { secret: true }, addr: { type: url } }
targets: { db: { database: '\${{ inputs.addr }}' } }
steps:
  - { id: ask, ask: { question: Which pin?, input: pin } }
  - { id: end, finish: { outcome: resolved, summary: Done } }
`;
const RUNBOOK = parsed(
  `
name: outer
title: Outer
summary: Runs another.
inputs:
  url: { type: url, secret: true }
  count: { type: number, default: 3 }
targets: { main: { database: '\${{ inputs.url }}' } }
steps:
  - { id: do, manual: Do it. }
  - { id: call, runbook: inner, with: { pin: '\${{ inputs.url }}', addr: 'mysql://u@h/d' } }
  - { id: end, finish: { outcome: resolved, summary: Done } }
`,
  'outer.yaml',
  { inner: CHILD },
);
const INNER = parsed(CHILD, 'inner.yaml');
const URL_A = 'postgres://ada:secret-a@host-a:1/shop';
const URL_B = 'postgres://ada:secret-b@host-b:2/shop';

function values(inputs = { url: URL_A, count: 3 }) {
  const secrets = new SecretValues();
  return { secrets, values: new RunValues(RUNBOOK, inputs, secrets) };
}

function calling() {
  const all = values();
  all.values.called({
    ...{ step: 'call', item: undefined, runbook: INNER, targets: {} },
    inputs: { pin: 'hidden-pin', addr: 'mysql://u@inner-host:3/d' },
  });
  return all;
}

const edit = (inputs: Readonly<Record<string, string>>) => ({ type: 'edit', inputs }) as const;

describe('the values of a run', () => {
  test('say where its targets are, and where they would be', () => {
    const run = values().values;
    expect(run.current.map(({ facts }) => facts.host)).toEqual(['host-a']);
    expect(run.targetsAt('do').main).toMatchObject({ host: 'host-a', port: 1 });
    expect(run.targets({ url: URL_B }, 'do').main).toMatchObject({ host: 'host-b' });
    expect(run.targetsAt('do').main).toMatchObject({ host: 'host-a' });
    expect(run.targets({}, 'do').main).toMatchObject({ host: 'host-a' });
  });

  test('are read from what was typed, each by its type, and nothing else is', () => {
    const run = values().values;
    expect(run.typed(edit({ count: '7', unknown: 'x' }), 'do')).toEqual({ count: 7 });
    expect(run.typed({ type: 'retry' }, 'do')).toBeUndefined();
    expect(() => run.typed(edit({ count: 'many' }), 'do')).toThrow('has to be a number');
  });

  test('are what was edited, from then on', () => {
    const run = values().values;
    run.edit({ url: URL_B }, 'do');
    expect(run.targetsAt('do').main).toMatchObject({ host: 'host-b' });
    run.edit({ count: 9 }, 'do');
    expect(run.current.map(({ facts }) => facts.host)).toEqual(['host-b']);
    run.edit({ addr: 'mysql://u@x/d' }, 'call/ask');
    expect(run.targetsAt('call/ask')).toEqual({});
  });

  test('are refused with the reason where they cannot be inputs, and stay as they are', () => {
    const run = values().values;
    expect(run.refusalOf(edit({ count: 'many' }), 'do')).toBe(
      'the input "count" has to be a number, and "many" is not',
    );
    expect(run.refusalOf(edit({ url: 'https://x' }), 'do')).toBe(
      'the address of the target "main" is not a database URL: write postgres://user:password@host:5432/database',
    );
    expect(run.refusalOf(edit({ url: URL_B }), 'do')).toBeUndefined();
    expect(run.refusalOf({ type: 'retry' }, 'do')).toBeUndefined();
    expect(run.targetsAt('do').main).toMatchObject({ host: 'host-a' });
  });

  test('hide no error of another kind', () => {
    const run = values().values;
    const broken = {
      type: 'edit',
      get inputs(): never {
        throw new TypeError('a bug');
      },
    } as const;
    expect(() => run.refusalOf(broken, 'do')).toThrow(TypeError);
    expect(() => run.refusalOf(broken, 'do')).not.toThrow(RunbookError);
  });

  test('are known by names of the run, those of a runbook inside too', () => {
    const { values: run } = calling();
    expect(run.targetNamed('main')).toMatchObject({ kind: 'database', name: 'main', url: URL_A });
    expect(run.targetNamed('call/db')).toMatchObject({
      ...{ name: 'call/db', url: 'mysql://u@inner-host:3/d' },
    });
    expect(run.targetNamed('db')).toBeUndefined();
    expect(run.targetsAt('call/ask').db).toMatchObject({ host: 'inner-host' });
    expect(run.targets({ addr: 'mysql://u@next-host/d' }, 'call/ask').db).toMatchObject({
      host: 'next-host',
    });
    expect(run.targets({}, 'gone/ask')).toEqual({});
    expect(run.typed(edit({ pin: '7', count: '5' }), 'call/ask')).toEqual({ pin: '7' });
    expect(run.typed(edit({ pin: '7' }), 'gone/ask')).toEqual({});
  });

  test('that are secret are masked, in the run and in a runbook inside', () => {
    const { secrets } = calling();
    expect(secrets.redactor.text(`${URL_A} hidden-pin mysql://u@inner-host`)).toBe(
      '‹secret:url› ‹secret:call.pin› mysql://u@inner-host',
    );
    expect(secrets.get('call.addr')).toBeUndefined();
    const none = values();
    none.values.called({
      ...{ step: 'call', item: undefined, runbook: INNER, targets: {} },
      inputs: { pin: null, addr: 'mysql://u@h/d' },
    });
    expect(none.secrets.get('call.pin')).toBeUndefined();
    expect(secrets.redactor.text('secret-a')).toBe('‹secret:url›');
  });

  test('that may be seen are no secrets, though they equal one', () => {
    const { secrets } = values();
    for (const name of ['outer', 'do', 'call/ask', 'host-a', '3']) {
      secrets.keep('other', name);
      expect(secrets.redactor.text(`it is ${name} here`)).toBe(`it is ${name} here`);
    }
    const child = calling().secrets;
    child.keep('other', 'inner-host');
    expect(child.redactor.text('it is inner-host here')).toBe('it is inner-host here');
  });
});

describe('the secrets of a run', () => {
  test('are masked under their names, and so are those that were replaced', () => {
    const secrets = new SecretValues();
    secrets.keep('a', 'first-word');
    secrets.keep('a', 'first-word');
    expect(secrets.redactor.text('first-word')).toBe('‹secret:a›');
    secrets.keep('a', 'second-word');
    expect(secrets.get('a')).toBe('second-word');
    expect(secrets.redactor.text('first-word second-word')).toBe('‹secret:a› ‹secret:a›');
    expect([secrets.isSecret('a first-word'), secrets.isSecret('a third-word')]).toEqual([
      true,
      false,
    ]);
  });

  test('that turn out on the way have names of their own, and keep the one they have', () => {
    const secrets = new SecretValues();
    secrets.keepFound('a', '');
    expect(secrets.get('a')).toBeUndefined();
    secrets.keepFound('a', 'first-word');
    secrets.keepFound('b', 'first-word');
    secrets.keepFound('a', 'second-word');
    secrets.keepFound('a', 'third-word');
    expect(['a', 'a.2', 'a.3', 'b'].map((name) => secrets.get(name))).toEqual([
      ...['first-word', 'second-word', 'third-word', undefined],
    ]);
  });

  test('are those inputs that are declared secret and are texts', () => {
    const secrets = new SecretValues();
    const input = (name: string, secret: boolean) => ({ name, secret }) as never;
    secrets.keepInputs([input('a', true), input('b', false), input('c', true), input('d', true)], {
      ...{ a: 'first-word', b: 'second-word', c: null, d: 7 },
    });
    expect(secrets.redactor.text('first-word second-word 7')).toBe('‹secret:a› second-word 7');
    secrets.keep('e', 'second-word');
    expect(secrets.isSecret('second-word')).toBe(false);
  });

  /** Tells how often what masks was made, and of what. */
  class Counted extends SecretValues {
    made: { secrets: readonly Secret[]; facts: readonly string[]; values: readonly string[] }[] =
      [];
    protected override makeRedactor(
      ...[secrets, known]: Parameters<SecretValues['makeRedactor']>
    ): ReturnType<SecretValues['makeRedactor']> {
      this.made.push({ secrets, facts: known.facts ?? [], values: known.values ?? [] });
      return super.makeRedactor(secrets, known);
    }
  }

  test('are looked for by what is made anew only when something else is known', () => {
    const secrets = new Counted();
    const place = { host: 'h', port: 1, database: null, user: 'u', description: 'h' } as never;
    const learn: readonly (() => void)[] = [
      () => undefined,
      () => undefined,
      () => secrets.keep('a', 'first-word'),
      () => secrets.showAll(['seen', 7, null, true, '', {}]),
      () => secrets.showAll(['seen', 7]),
      () => secrets.showTargets([place]),
      () => secrets.showTargets([place]),
      () => secrets.keep('a', 'second-word'),
      () => secrets.keep('a', 'second-word'),
    ];
    const made = learn.map((act) => {
      act();
      secrets.redactor.text('x');
      return secrets.made.length;
    });
    expect(made).toEqual([1, 1, 2, 3, 3, 4, 4, 5, 6]);
    expect(secrets.made.at(-1)).toEqual({
      secrets: [
        { name: 'a', value: 'second-word' },
        { name: 'a', value: 'first-word' },
      ],
      facts: ['h', '1', 'u'],
      values: ['seen', '7'],
    });
  });
});
