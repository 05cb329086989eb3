import { afterEach, describe, expect, test, vi } from 'vitest';
import type { ChangeSign, OtherSign } from '#run/changes/port.ts';
import { asks, confirmGate, recordedSession } from '../../fixtures/recorded-session.ts';
import { atGate, board, other, PREVIEWED, TEXT, told } from '../../fixtures/run-on-board.ts';
import { send } from '../../support/send.ts';

afterEach(() => void vi.useRealTimers());

describe('the sign of a run', () => {
  test('is of the gate that is open, then at work until its action has ended, then none', async () => {
    const action = Promise.withResolvers<void>();
    const { run, asked, signs, operator } = await atGate(undefined, () => action.promise);
    const { gate } = run.session.view();
    expect(signs()).toEqual([
      {
        ...{ change: expect.stringMatching(/^[0-9a-f]{64}$/), places: ['this machine of desk'] },
        ...{ isAtWork: false, runbook: 'inline', title: 'Mark it', operator, host: 'desk' },
        since: gate?.at,
      },
    ]);
    confirmGate(run);
    await vi.waitFor(() => expect(run.deeds).toContain('execute mark action'));
    expect(signs().at(-1)).toMatchObject({ isAtWork: true, operator, change: signs()[0]?.change });
    expect(asked.at(-1)).toBe('others');
    action.resolve();
    await asks(run, 'report');
    await vi.waitFor(() => expect(asked.at(-1)).toBe('clear'));
    expect(signs()).toHaveLength(2);
  });

  test('is shown before the others are looked up, so that of two at once one sees the other', async () => {
    const { run, asked } = await atGate();
    const before = asked.length;
    confirmGate(run);
    await asks(run, 'report');
    expect(asked.slice(before, before + 2)).toMatchObject([{ isAtWork: true }, 'others']);
  });

  test('names who confirmed it', async () => {
    const { run, signs, digest } = await atGate();
    const { awaited } = run.session.view();
    const intent = { type: 'confirm', digest } as const;
    await run.session.submit({ intent, by: 'cy', answers: awaited?.seq });
    expect(signs().at(-1)).toMatchObject({ isAtWork: true, operator: 'cy' });
  });

  test('stays that of the gate for an answer to another question, a refusal and a decline', async () => {
    const { run, signs, operator, digest, looks } = await atGate();
    const { awaited } = run.session.view();
    const confirm = { type: 'confirm', digest } as const;
    const late = { intent: confirm, by: operator, answers: (awaited?.seq ?? 0) - 1 };
    expect(await run.session.submit(late)).toMatchObject({ accepted: false, code: 'stale' });
    expect(await run.session.submit({ intent: confirm, by: operator })).toMatchObject({
      accepted: false,
    });
    send(run.session, { type: 'note', text: 'x' });
    expect(signs().map(({ isAtWork }) => isAtWork)).toEqual([false]);
    expect(looks()).toBe(1);
    send(run.session, { type: 'decline', reason: 'no' });
    await asks(run, 'failure');
    expect(signs().map(({ isAtWork }) => isAtWork)).toEqual([false]);
  });

  test('is removed when its session has ended, but not while a gate waits without a process', async () => {
    const { run, asked } = await atGate();
    run.session.park();
    await run.session.release();
    expect(asked.at(-1)).toBe('others');
    expect(run.deeds).toContain('disarm 10000');
    const left = await atGate();
    send(left.run.session, { type: 'leave' });
    await left.run.session.ended;
    await left.run.session.release();
    expect(left.asked.filter((it) => it === 'clear')).toHaveLength(2);
  });

  test('goes with its action: no read after it is at work, and an undo is', async () => {
    const held = new Map<string, PromiseWithResolvers<void>>();
    const seen = board();
    const text = TEXT.replace(
      'next: [{ goto: ask }] }',
      "undo: { shell: rm x } }\n  - { id: look, effect: read, shell: 'true' }",
    );
    const run = recordedSession(text, {
      parts: { board: seen.port },
      ends: async (step, part) => {
        const hold = Promise.withResolvers<void>();
        held.set(`${step} ${part}`, hold);
        await hold.promise;
        return { status: 'succeeded', result: { stdout: '', exit_code: 0 } };
      },
    });
    const runs = async (what: string) => {
      await vi.waitFor(() => expect(held.has(what)).toBe(true));
      return held.get(what);
    };
    run.begin();
    await asks(run, 'gate');
    confirmGate(run);
    (await runs('mark action'))?.resolve();
    const look = await runs('look action');
    await vi.waitFor(() => expect(seen.asked.at(-1)).toBe('clear'));
    look?.resolve();
    await asks(run, 'report');
    send(run.session, { type: 'undo', step: 'mark', reason: '' });
    await asks(run, 'gate');
    await vi.waitFor(() => expect(seen.signs().at(-1)).toMatchObject({ isAtWork: false }));
    confirmGate(run);
    const undo = await runs('mark undo');
    expect(seen.signs().at(-1)).toMatchObject({ isAtWork: true });
    expect(seen.asked.at(-1)).toBe('others');
    undo?.resolve();
    await asks(run, 'stopped');
    await vi.waitFor(() => expect(seen.asked.at(-1)).toBe('clear'));
  });

  test('stays at work while the rows of its gate are read again', async () => {
    const seen = board();
    const recheck = Promise.withResolvers<void>();
    const run = recordedSession(PREVIEWED, {
      parts: { board: seen.port },
      ends: async (_, part) => {
        if (part === 'recheck') await recheck.promise;
        return {
          status: 'succeeded',
          result: { rows: [{ a: 1 }], row: { a: 1 }, row_count: 1, columns: ['a'] },
        };
      },
    });
    run.begin();
    await asks(run, 'gate');
    confirmGate(run);
    await vi.waitFor(() => expect(run.deeds).toContain('execute end recheck'));
    expect(seen.asked.at(-1)).toBe('others');
    expect(seen.signs().at(-1)).toMatchObject({ isAtWork: true });
    recheck.resolve();
    await asks(run, 'report');
    await vi.waitFor(() => expect(seen.asked.at(-1)).toBe('clear'));
  });

  test('is since the confirmation, no longer since its gate', async () => {
    const seen = board();
    let now = 1_000;
    const run = recordedSession(TEXT, {
      parts: { board: seen.port, clock: () => new Date(now) },
    });
    run.begin();
    await asks(run, 'gate');
    now = 9_000;
    confirmGate(run);
    await asks(run, 'report');
    expect(seen.signs().map(({ since }) => since)).toEqual([
      expect.not.stringContaining('00:00:09'),
      '1970-01-01T00:00:09.000Z',
    ]);
  });

  test('is not needed: a run without a board asks nobody', async () => {
    const run = recordedSession(TEXT);
    run.begin();
    await asks(run, 'gate');
    confirmGate(run);
    await asks(run, 'report');
    await run.session.release();
    expect(run.reported).toEqual([]);
    expect(run.deeds).toContain('execute mark action');
    expect(run.deeds.filter((deed) => deed.startsWith('arm'))).toEqual([]);
  });

  test('that an earlier process left is removed at the start', async () => {
    const seen = board();
    const run = recordedSession(TEXT.replace(/ {2}- \{ id: mark.*\n/, ''), {
      parts: { board: seen.port },
    });
    run.begin();
    await asks(run, 'report');
    expect(seen.asked).toEqual(['clear']);
  });

  test('that cannot be shown is reported, and the run goes on', async () => {
    const { port } = board();
    const refuse = async () => Promise.reject(new Error('no room'));
    const run = recordedSession(TEXT, {
      parts: { board: { ...port, show: refuse, clear: refuse } },
    });
    run.begin();
    await asks(run, 'gate');
    confirmGate(run);
    await asks(run, 'report');
    await run.session.release();
    expect(run.reported.map(String)).toContain('Error: no room');
    expect(told(run.events)).toMatchObject([{ runs: [], error: 'no room' }]);
  });
});

describe('a confirmation', () => {
  test('is refused while another run is at work with the same change, and the gate names it', async () => {
    let isThere = false;
    const { run, operator, digest } = await atGate((own) => (isThere ? [other(own)] : []));
    isThere = true;
    const { awaited } = run.session.view();
    const intent = { type: 'confirm', digest } as const;
    const verdict = await run.session.submit({ intent, by: operator, answers: awaited?.seq });
    expect(verdict).toMatchObject({ accepted: false });
    expect(JSON.stringify(verdict)).toContain('b2');
    expect(run.deeds).not.toContain('execute mark action');
    expect(told(run.events)).toMatchObject([{ step: 'mark', runs: [{ run: 'b2', same: true }] }]);
  });

  test.each<[string, Partial<OtherSign>]>([
    ['at its gate', { isAtWork: false }],
    ['at work with another change of the same target', { change: 'another' }],
    ['at work, as far as a sign says whose process cannot be looked up', { isCertain: false }],
    ['at work elsewhere', { places: ['this machine of desk2'] }],
  ])('is none the less one beside a run that is %s', async (_, more) => {
    const { run } = await atGate((own) => [other(own, more)]);
    confirmGate(run);
    await asks(run, 'report');
    expect(run.deeds).toContain('execute mark action');
  });

  test('waits five seconds for the others, and no longer', async () => {
    let hangs = false;
    const { run } = await atGate(() => (hangs ? new Promise(() => undefined) : []));
    hangs = true;
    vi.useFakeTimers();
    confirmGate(run);
    await vi.advanceTimersByTimeAsync(4_999);
    expect(run.deeds).not.toContain('execute mark action');
    await vi.advanceTimersByTimeAsync(1);
    vi.useRealTimers();
    await asks(run, 'report');
    expect(told(run.events)).toMatchObject([{ runs: [], error: 'it took too long' }]);
  });
});

describe('an open gate', () => {
  test('says which runs are at the same change and which at work on its target, those first', async () => {
    const { run } = await atGate((own) => [
      other(own, { run: 'a', change: 'another', places: [...(own?.places ?? []), 'elsewhere'] }),
      other(own, { run: 'b', isAtWork: false, isCertain: false }),
      other(own, { run: 'c' }),
      other(own, { run: 'd', change: 'another', isAtWork: false }),
      other(own, { run: 'e', places: ['elsewhere'] }),
    ]);
    const about = { runbook: 'inline', title: 'Mark it', operator: 'bo', host: 'desk2' };
    const since = '2026-11-21T03:12:00.000Z';
    expect(told(run.events)).toEqual([
      {
        ...{ type: 'gate.others', step: 'mark' },
        runs: [
          { run: 'c', ...about, since, same: true, atWork: true },
          { run: 'b', ...about, since, same: true, atWork: false, unchecked: true },
          { run: 'a', ...about, since, same: false, atWork: true },
        ],
      },
    ]);
  });

  test('is told again when that changes, every ten seconds, for ten minutes', async () => {
    let found: readonly Partial<OtherSign>[] = [{}];
    const { run, looks, pass } = await atGate((own) => found.map((more) => other(own, more)));
    const again = async (ms: number) => {
      const [before, armed] = [looks(), arms()];
      pass(ms);
      run.ring();
      await vi.waitFor(() => expect(looks()).toBe(before + 1));
      await vi.waitFor(() => expect(arms()).toBe(armed + 1));
    };
    const arms = () => run.deeds.filter((deed) => deed === 'arm 10000').length;
    await again(10_000);
    expect(told(run.events)).toHaveLength(1);
    found = [];
    await again(10_000);
    expect(told(run.events).map(({ runs }) => runs.length)).toEqual([1, 0]);
    await again(579_999);
    pass(1);
    found = [{}];
    run.ring();
    await vi.waitFor(() => expect(told(run.events)).toHaveLength(3));
    expect(arms()).toBe(4);
  });

  test('that was answered meanwhile is told nothing, and looked up for no more', async () => {
    const slow = Promise.withResolvers<readonly OtherSign[]>();
    let first = true;
    let sign: ChangeSign | undefined;
    const { run, looks } = await atGate((own) => {
      if (first) {
        first = false;
        return [];
      }
      sign = own;
      return slow.promise;
    });
    run.ring();
    await vi.waitFor(() => expect(looks()).toBe(2));
    send(run.session, { type: 'decline', reason: 'no' });
    await asks(run, 'failure');
    slow.resolve([other(sign)]);
    await new Promise((resolve) => setImmediate(resolve));
    expect(told(run.events)).toEqual([]);
    expect(run.deeds.filter((deed) => deed === 'arm 10000')).toHaveLength(1);
  });
});
