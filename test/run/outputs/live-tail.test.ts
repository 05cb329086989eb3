import { expect, test, vi } from 'vitest';
import { LiveTail } from '#run/outputs/live-tail.ts';

/** A live tail of a few lines with everything it told its watcher. */
function watched(lines = 3, monotonic = () => performance.now()) {
  const told: { readonly lines: readonly string[]; readonly bytes: number }[] = [];
  const tail = new LiveTail({
    lines,
    onChange: (now, bytes) => told.push({ lines: now, bytes }),
    monotonic,
  });
  const push = (text: string | Buffer, stream: 'stdout' | 'stderr' = 'stdout') =>
    tail.push(stream, Buffer.from(text));
  const end = () => {
    tail.end();
    return told.at(-1)?.lines;
  };
  return { told, push, end };
}

test('the newest complete lines are kept, of both streams as they come', () => {
  const { push, end, told } = watched();
  push('one\ntwo\nthr');
  push('oops\n', 'stderr');
  push('ee\nfour\n');
  expect(end()).toEqual(['oops', 'three', 'four']);
  expect(told.at(-1)?.bytes).toBe(24);
});

test('a line without its end is shown when the output ends', () => {
  const { push, end, told } = watched();
  push('done\nPassword: ');
  expect(told.at(-1)?.lines).toEqual(['done']);
  expect(end()).toEqual(['done', 'Password: ']);
});

test('a line ended by a carriage return alone is replaced by the next', () => {
  const { push, end } = watched();
  push('start\r\n10%\r');
  push('warning\n', 'stderr');
  push('50%\r100%\r\ndone\n');
  expect(end()).toEqual(['warning', '100%', 'done']);
});

test('a carriage return and its line feed may come in two pieces', () => {
  const { push, end } = watched();
  push('one\r');
  push('\ntwo\r');
  push('\n');
  expect(end()).toEqual(['one', 'two']);
});

test('characters cut in two by a piece are put together', () => {
  const { push, end } = watched();
  for (const byte of Buffer.from('日本 é\n')) push(Buffer.from([byte]));
  expect(end()).toEqual(['日本 é']);
});

test('nothing a terminal would obey is left', () => {
  const { push, end } = watched(10);
  push('\u001b[31mred\u001b[0m \u001b]0;title\u0007end\n');
  push('\u001b]8;;http://evil\u001b\\click\u001b]8;;\u001b\\\n');
  push('a\tb\u0008\u0000\u009b\u202egnp.exe\n');
  push('\u001b[');
  const shown = end()?.join('\n') ?? '';
  expect(shown.split('\n').slice(0, 2)).toEqual(['red end', 'click']);
  expect(shown).not.toMatch(/[\p{Cc}\u202e](?<!\n)/u);
});

test('a line without an end does not grow without limit', () => {
  const { push, end } = watched();
  for (let i = 0; i < 100; i += 1) push('x'.repeat(65_536));
  push('\n');
  expect(end()?.[0]).toHaveLength(2_000);
});

test('a flood tells its watcher at most ten times a second and shows the last lines of all', () => {
  let now = 0;
  const { push, end, told } = watched(3, () => now);
  let count = 0;
  for (; told.length < 4; now += 1) {
    push(Array.from({ length: 50 }, (_, i) => `line ${count + i + 1}\n`).join(''));
    count += 50;
  }
  // The first is told at once.
  expect(now).toBe(301);
  expect(end()).toEqual([`line ${count - 2}`, `line ${count - 1}`, `line ${count}`]);
});

test('what came within the pause is told without another piece', async () => {
  const { push, told } = watched();
  push('one\n');
  push('two\n');
  expect(told).toHaveLength(1);
  await vi.waitFor(() => expect(told.at(-1)?.lines).toEqual(['one', 'two']));
});
