import { expect, onTestFinished, test, vi } from 'vitest';
import { Lease } from '#team/watch/lease.ts';

const TIMES = { beatMs: 2_000, giveUpMs: 10_000, deadMs: 15_000 };
const ANNOUNCED = { id: 'w1', labels: ['eu'], program: 'test', replay: 1, places: 100 };

/** A lease on a clock that the test moves, and on a control plane that answers as it says. */
async function lease(times = TIMES) {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  const sent: string[] = [];
  const plane = { answer: async (): Promise<{ rowCount: number }> => ({ rowCount: 1 }) };
  const query = (text: string, values: readonly unknown[]) => {
    sent.push(`${/(?:beat_at|'draining')(?= =|,| WHERE)|INSERT/.exec(text)?.[0]} ${values[0]}`);
    return plane.answer();
  };
  const [lost, doubts] = [vi.fn(), vi.fn()];
  const one = new Lease({ query } as never, ANNOUNCED, { times, onLost: lost, onDoubt: doubts });
  await one.start();
  const silent = () => {
    plane.answer = () => new Promise(() => undefined);
  };
  return {
    one,
    sent,
    plane,
    lost,
    doubts,
    silent,
    pass: (ms: number) => vi.advanceTimersByTimeAsync(ms),
  };
}

test('a worker announces itself, beats, and says that it drains, and beats no more once it has left', async () => {
  const { one, sent, pass } = await lease();
  await pass(4_000);
  await one.drain();
  one.stop();
  await pass(60_000);
  expect(sent).toEqual(['INSERT w1', 'beat_at w1', 'beat_at w1', "'draining' w1"]);
});

test('while a beat is not answered no other is sent, and a beat that fails is tried again', async () => {
  const { sent, plane, pass, one } = await lease();
  const answer = Promise.withResolvers<{ rowCount: number }>();
  plane.answer = () => answer.promise;
  await pass(8_000);
  expect(sent.filter((it) => it.startsWith('beat_at'))).toHaveLength(1);
  answer.reject(new Error('gone'));
  plane.answer = async () => ({ rowCount: 1 });
  await pass(2_000);
  expect(sent.filter((it) => it.startsWith('beat_at'))).toHaveLength(2);
  expect(one.ageMs).toBe(0);
});

test('a lease is doubted once it is older than it may be, is lost later, and tells so once', async () => {
  const { one, lost, doubts, silent, pass, sent } = await lease();
  silent();
  await pass(9_999);
  one.assert();
  expect(one.notAfter).toBe(Date.now() + 1);
  await pass(1);
  expect(() => one.assert()).toThrow('has not confirmed this worker for 10000 ms');
  expect(doubts).not.toHaveBeenCalled();
  await pass(500);
  expect(doubts).toHaveBeenCalledTimes(1);
  await pass(4_500);
  expect(lost).not.toHaveBeenCalled();
  await pass(500);
  expect(lost).toHaveBeenCalledTimes(1);
  expect(lost).toHaveBeenCalledWith('the control plane has not confirmed it for 15500 ms');
  const beats = sent.length;
  await pass(60_000);
  expect([lost.mock.calls.length, sent.length]).toEqual([1, beats]);
  expect(doubts.mock.calls.length).toBeLessThan(20);
});

test('a worker that was declared dead loses its lease at once, though its last beat is young', async () => {
  const { one, lost, plane, pass } = await lease();
  plane.answer = async () => ({ rowCount: 0 });
  await pass(2_000);
  expect(lost).toHaveBeenCalledWith('it was declared dead');
  await pass(20_000);
  expect(lost).toHaveBeenCalledTimes(1);
  expect(() => one.assert()).toThrow('has not confirmed this worker');
});

test('the age is looked at as often as a short lease needs', async () => {
  const { lost, silent, pass } = await lease({ beatMs: 10, giveUpMs: 30, deadMs: 50 });
  silent();
  await pass(60);
  expect(lost).toHaveBeenCalledTimes(1);
});

test('a beat that is answered after the worker has left in order is no loss', async () => {
  const { one, plane, lost, pass } = await lease();
  const late = Promise.withResolvers<{ rowCount: number }>();
  plane.answer = () => late.promise;
  await pass(2_000);
  plane.answer = async () => ({ rowCount: 1 });
  one.stop();
  late.resolve({ rowCount: 0 });
  await pass(1);
  expect(lost).not.toHaveBeenCalled();
});

test('a database role that may not take runs of a label is told what to run', async () => {
  const denied = Object.assign(new Error('permission denied'), { code: '42501' });
  const query = () => Promise.reject(denied);
  const one = new Lease({ query } as never, ANNOUNCED, { onLost: () => undefined });
  await expect(one.start()).rejects.toMatchObject({
    message: 'the database role of this worker may not take runs of eu',
    hint: 'as the owner: runbook server migrate --worker-role ROLE=LABEL,…',
  });
});

test('whoever is refused because of the lease is told that nothing was started', async () => {
  const { one, silent, pass } = await lease();
  silent();
  await pass(10_000);
  expect(() => one.assert()).toThrow(
    expect.objectContaining({ hint: 'nothing was started; another worker continues the run' }),
  );
});
