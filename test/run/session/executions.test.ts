import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { environmentError, usageError } from '#errors.ts';
import type { EventOf } from '#events/log/event.ts';
import type { LiveOutput } from '#events/log/live.ts';
import type { Execute } from '#machine/effect.ts';
import { fileOutputs } from '#run/outputs/file/folder.ts';
import type { OutputWriter } from '#run/outputs/port.ts';
import type { ExecutionSurroundings } from '#run/session/execution.ts';
import { Executions, keepSecretParameters } from '#run/session/executions.ts';
import { SecretValues } from '#run/values/secrets.ts';
import type { Action } from '#safety/actions/action.ts';
import type { Executor, StepOutcome } from '#steps/executor.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const OK: StepOutcome = { status: 'succeeded', result: { stdout: 'x' } };
const SQL: Action = {
  ...{ kind: 'sql', target: 'db', text: 'SELECT\n wrong', values: [], readOnly: true },
  ...{ timeoutMs: 10_000, origin: [{ at: 0, source: 10, exact: true }] },
};
const TEXT = '0123456789SELECT\n wrong';

function execute(more: Partial<Execute> = {}): Execute {
  return {
    ...{ step: 'look', part: 'action', visit: 2, attempt: 3, effect: 'read', action: SQL },
    ...{ digest: undefined, item: undefined, isFirstLook: false, ...more },
  };
}

type Does = Executor['execute'];

/** Executions whose executor does what a test says. */
function executions(
  does: Does,
  more: Partial<ExecutionSurroundings> = {},
  onLive: (one: LiveOutput) => void = () => undefined,
) {
  const ended: EventOf<'step.finished'>[] = [];
  const live: LiveOutput[] = [];
  const reported: unknown[] = [];
  const secrets = new SecretValues();
  const folder = temporaryFolder();
  mkdirSync(join(folder, 'outputs'));
  let now = 0;
  const all = new Executions(
    {
      surroundings: {
        outputs: fileOutputs(folder).sink,
        sourceOf: () => ({ source: { file: 'inner.yaml', text: TEXT }, isInside: false }),
        executorFor: async () => ({ execute: does, close: async () => undefined }),
        ...more,
      },
      secrets,
      monotonic: () => {
        now += 5;
        return now;
      },
      reportError: (error) => void reported.push(error),
      random: () => 0.25,
    },
    {
      onLive: (one) => {
        live.push(one);
        onLive(one);
      },
      onEnd: (event) => ended.push(event),
    },
  );
  const end = async (one: Execute = execute()) => {
    const before = ended.length;
    all.start(one);
    await vi.waitFor(() => expect(ended).toHaveLength(before + 1));
    return ended.at(-1);
  };
  return { all, ended, live, reported, secrets, end, folder };
}

describe('an action ends', () => {
  test('with all that is known of it', async () => {
    const { end, all } = executions(async () => OK);
    expect(all.areOver).toBe(true);
    const item = { index: 2, count: 3, label: 'b' };
    expect(await end(execute({ item }))).toStrictEqual({
      ...{ type: 'step.finished', step: 'look', visit: 2, part: 'action', attempt: 3 },
      ...{ status: 'succeeded', result: { stdout: 'x' }, outputs: [], item },
      ...{ ms: expect.any(Number), elapsedMs: 5, random: 0.25 },
    });
    expect(all.areOver).toBe(true);
    expect(await end()).not.toHaveProperty('item');
  });

  test('in a time that is a whole number of milliseconds, from its start', async () => {
    const clock = vi.spyOn(performance, 'now').mockReturnValueOnce(1000).mockReturnValue(1004.4);
    const { end } = executions(async () => OK);
    const event = await end();
    clock.mockRestore();
    expect(event?.ms).toBe(4);
  });

  test('as failed where it could not be rendered, and nothing is executed', async () => {
    const does = vi.fn(async () => OK);
    const event = await executions(does).end(execute({ action: { unresolved: 'no value' } }));
    expect(event).toMatchObject({
      status: 'failed',
      error: { kind: 'unresolved', message: 'no value' },
    });
    expect(event).not.toHaveProperty('result');
    expect(does).not.toHaveBeenCalled();
  });

  test.each([
    ['a read', true, new Error('lost'), 'failed', 'unknown', 'lost'],
    ['a change', false, new Error('lost'), 'unknown', 'unknown', 'lost'],
    ['a change, by what is no error', false, 'lost', 'unknown', 'unknown', 'lost'],
    ['a change that never began', false, environmentError('no ssh'), 'failed', 'config', 'no ssh'],
    ['a change, by an error of use', false, usageError('bad'), 'unknown', 'unknown', 'bad'],
  ])('as it must be taken when its executor throws: %s', async (...row) => {
    const [, readOnly, error, status, kind, message] = row;
    const { end } = executions(async () => {
      throw error;
    });
    expect(await end(execute({ action: { ...SQL, readOnly } }))).toMatchObject({
      status,
      error: { kind, message },
    });
  });

  test('with the place of its error in the runbook', async () => {
    const failed = (more: object): StepOutcome => ({
      status: 'failed',
      error: { kind: 'syntax', message: 'x', ...more },
    });
    const at = async (outcome: StepOutcome, more: Partial<Execute> = {}, isInside = false) => {
      const source = { file: 'inner.yaml', text: TEXT };
      const { end } = executions(async () => outcome, { sourceOf: () => ({ source, isInside }) });
      return (await end(execute(more)))?.error?.at;
    };
    expect(await at(failed({ position: 8 }))).toStrictEqual({ line: 2, column: 2 });
    expect(await at(failed({ position: 8 }), {}, true)).toStrictEqual({
      ...{ line: 2, column: 2, file: 'inner.yaml' },
    });
    expect(await at(failed({}))).toBeUndefined();
    expect(await at(failed({ position: 8 }), { action: { ...SQL, origin: [] } })).toBeUndefined();
    const wait: Action = { kind: 'wait', ms: 5 };
    expect(await at(failed({ position: 8 }), { action: wait })).toBeUndefined();
  });
});

describe('an executor', () => {
  test('is told of a cancellation, of the server and of the terminal to take', async () => {
    const contexts: Parameters<Does>[1][] = [];
    const { all, end } = executions(async (_, context) => {
      contexts.push(context);
      return OK;
    });
    await end();
    expect(contexts[0]).not.toHaveProperty('takeTerminal');
    expect(contexts[0]?.expectedServer).toBeUndefined();
    const lend = async () => ({ release: () => undefined });
    all.lendTerminal(lend);
    await end(execute({ server: 's' }));
    expect(contexts[1]).toMatchObject({ takeTerminal: lend, expectedServer: 's' });
    expect(contexts[1]?.signal.aborted).toBe(false);
  });

  test('of each action that runs is told to end', async () => {
    const { all, ended } = executions(
      (_, { signal }) =>
        new Promise((resolve) => signal.addEventListener('abort', () => resolve(OK))),
    );
    all.start(execute({ step: 'one' }));
    all.start(execute({ step: 'two' }));
    await vi.waitFor(() => expect(all.areOver).toBe(false));
    await Promise.resolve();
    all.cancel();
    await vi.waitFor(() => expect(ended.map(({ step }) => step)).toEqual(['one', 'two']));
    expect(all.areOver).toBe(true);
  });
});

describe('an output', () => {
  const prints: Does = async (_, { onOutput }) => {
    onOutput('stdout', Buffer.from('one hidden-word\n'));
    onOutput('stderr', Buffer.from('two\n'));
    onOutput('stdout', Buffer.from('three\n'));
    return OK;
  };

  test('is kept masked, one file a stream, and shown while it comes', async () => {
    const { end, live, secrets, reported } = executions(prints);
    secrets.keep('pw', 'hidden-word');
    const item = { index: 2, count: 3, label: 'b' };
    const event = await end(execute({ item }));
    expect(event?.outputs).toMatchObject([
      { stream: 'stdout', file: 'outputs/look.item-2.2.action.3.stdout', head: expect.anything() },
      { stream: 'stderr', file: 'outputs/look.item-2.2.action.3.stderr' },
    ]);
    expect(JSON.stringify(event?.outputs)).not.toContain('hidden-word');
    expect(live.at(-1)).toEqual({
      ...{ step: 'look', item, lines: ['one ‹secret:pw›', 'two', 'three'] },
      ...{ bytes: Buffer.byteLength('one ‹secret:pw›\ntwo\nthree\n'), droppedBytes: 0 },
      files: ['outputs/look.item-2.2.action.3.stdout', 'outputs/look.item-2.2.action.3.stderr'],
    });
    expect(reported).toEqual([]);
  });

  test('of an action without items says so', async () => {
    const { end, live } = executions(prints);
    await end();
    expect(live.at(-1)).toMatchObject({ step: 'look' });
    expect(live.at(-1)).not.toHaveProperty('item');
  });

  test('that cannot be shown is reported, and the action goes on', async () => {
    const { end, secrets, reported } = executions(
      async (_, { onOutput }) => {
        // What may be the beginning of a secret is held back until the end.
        onOutput('stdout', Buffer.from('hidden'));
        return OK;
      },
      {},
      () => {
        throw new Error('cannot draw');
      },
    );
    secrets.keep('pw', 'hidden-word');
    expect(await end()).toMatchObject({ status: 'succeeded' });
    expect(reported.map(String)).toContain('Error: cannot draw');
  });

  test('that cannot be kept is counted, and the action goes on', async () => {
    const { end, live } = executions(prints, { outputs: fileOutputs('/nonexistent').sink });
    expect((await end())?.status).toBe('succeeded');
    expect(live.at(-1)).toMatchObject({
      files: [],
      droppedBytes: Buffer.byteLength('one hidden-word\ntwo\nthree\n'),
    });
  });
});

test('an output that fails at its end is reported, and the action ends without it', async () => {
  const writer: OutputWriter = {
    file: 'outputs/x',
    write: (bytes) => bytes.length,
    durable: () => Promise.reject(new Error('the disk is gone')),
    close: () => undefined,
  };
  const { end, reported } = executions(
    async (_, { onOutput }) => {
      onOutput('stdout', Buffer.from('one\n'));
      return OK;
    },
    { outputs: { begin: () => writer } },
  );
  expect(await end(execute({ effect: 'change' }))).toMatchObject({
    ...{ status: 'succeeded', outputs: [] },
  });
  expect(reported.map(String)).toEqual(['Error: the disk is gone']);
});

test('what a probe is told that is secret is masked from its start', async () => {
  const probe: Action = {
    ...{ kind: 'probe', probe: 'login', timeoutMs: 5 },
    params: { url: 'postgres://u:hidden-word@h/d' },
  };
  const { end, secrets } = executions(async () => OK);
  await end(execute({ action: probe }));
  expect(secrets.get('look.url')).toBe('postgres://u:hidden-word@h/d');
  const none = new SecretValues();
  keepSecretParameters(execute({ action: { unresolved: 'x' } }), none);
  keepSecretParameters(execute(), none);
  expect(none.isSecret('hidden-word')).toBe(false);
});

describe('a read beside the machine', () => {
  test('runs only if nothing else does, and actions that are due wait for its end', async () => {
    const begun: string[] = [];
    const ends: ((outcome: StepOutcome) => void)[] = [];
    const { all, ended } = executions(() => {
      begun.push('execute');
      return new Promise((resolve) => ends.push(resolve));
    });
    const order: string[] = [];
    const quiet = (): boolean =>
      all.readQuietly(execute({ part: 'preview' }), () => order.push(`read ${all.areIdle}`));
    expect(quiet()).toBe(true);
    await vi.waitFor(() => expect(begun).toHaveLength(1));
    expect(quiet()).toBe(false);
    expect([all.areIdle, all.areOver]).toEqual([true, false]);
    all.start(execute({ effect: 'change' }));
    expect([all.areIdle, all.areOver]).toEqual([false, false]);
    await new Promise((resolve) => setImmediate(resolve));
    expect(begun).toHaveLength(1);
    ends[0]?.(OK);
    await vi.waitFor(() => expect(begun).toHaveLength(2));
    expect(order).toEqual(['read false']);
    expect(quiet()).toBe(false);
    ends[1]?.(OK);
    await vi.waitFor(() => expect(ended).toHaveLength(1));
    expect(all.areOver).toBe(true);
    expect(quiet()).toBe(true);
  });

  test('is cancelled with the actions, and shows no output', async () => {
    const { all, live } = executions(async (_, { onOutput, signal }) => {
      onOutput('stdout', Buffer.from('one\n'));
      return await new Promise((resolve) => signal.addEventListener('abort', () => resolve(OK)));
    });
    const end = vi.fn();
    all.readQuietly(execute(), end);
    await new Promise((resolve) => setImmediate(resolve));
    all.cancel();
    await vi.waitFor(() => expect(end).toHaveBeenCalledOnce());
    expect(live).toEqual([]);
  });

  test('keeps the secret parameters of what it reads masked', async () => {
    const { all, secrets } = executions(async () => OK);
    const probe: Action = {
      ...{ kind: 'probe', probe: 'login', timeoutMs: 5 },
      params: { url: 'postgres://u:hidden-word@h/d' },
    };
    const end = vi.fn();
    all.readQuietly(execute({ action: probe }), end);
    expect(secrets.isSecret('hidden-word')).toBe(true);
    await vi.waitFor(() => expect(end).toHaveBeenCalledOnce());
  });
});

test('an output that cannot be shown while it comes ends no action', async () => {
  const { end, reported } = executions(
    async (_, { onOutput }) => {
      onOutput('stdout', Buffer.from('one\n'));
      return OK;
    },
    {},
    () => {
      throw new Error('cannot draw');
    },
  );
  expect(
    await end(execute({ effect: 'change', action: { ...SQL, readOnly: false } })),
  ).toMatchObject({
    status: 'succeeded',
  });
  expect(reported.map(String)).toContain('Error: cannot draw');
});
