import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { HeadTail } from '#steps/head-tail.ts';
import { keptText } from '#steps/shell/running-script.ts';
import { draws, fc } from '../../support/properties.ts';
import { resultOf, runScript } from '../../support/run-script.ts';

const GIGABYTE = 1_000_000_000;

test('a step may print a gigabyte: all of it is handed on, both ends are kept, memory stays low', async () => {
  const program = `
    import { createShellExecutor } from './src/steps/shell/executor.ts';
    let bytes = 0;
    const outcome = await createShellExecutor().execute(
      { kind: 'shell', target: 'local', script: 'echo first; head -c ${GIGABYTE} /dev/zero; echo last',
        env: {}, okExit: [0], parse: 'text', readOnly: true, timeoutMs: 600_000 },
      { signal: new AbortController().signal, onOutput: (_, chunk) => { bytes += chunk.length; } },
    );
    const { stdout } = outcome.result;
    console.log(JSON.stringify({ status: outcome.status, bytes, kept: stdout.length,
      start: stdout.slice(0, 6), end: stdout.slice(-5), peakKiB: process.resourceUsage().maxRSS }));`;
  const { stdout } = await promisify(execFile)(process.execPath, [
    '--input-type=module-typescript',
    '--eval',
    program,
  ]);
  const { peakKiB, kept, ...rest } = JSON.parse(stdout);
  expect(rest).toEqual({
    status: 'succeeded',
    bytes: GIGABYTE + 11,
    start: 'first\n',
    end: 'last\n',
  });
  expect(kept).toBeLessThan(300 * 1024);
  expect(peakKiB).toBeLessThan(400 * 1024);
});

test('however fast a script prints, everything else has its turn after a piece or two', async () => {
  let pieces = 0;
  let most = 0;
  const turn = setInterval(() => {
    most = Math.max(most, pieces);
    pieces = 0;
  });
  const slow = () => {
    pieces += 1;
    // As long as it takes here, the script fills the pipe again.
    const until = performance.now() + 1;
    while (performance.now() < until);
  };
  await runScript('head -c 16000000 /dev/zero', { onOutput: slow });
  clearInterval(turn);
  expect(most).toBeGreaterThan(0);
  expect(most).toBeLessThanOrEqual(3);
});

test('a long output keeps its first and last lines and says how much is missing', async () => {
  const { stdout } = await resultOf(runScript('seq 1000', { executor: { keptBytes: 60 } }));
  const [head = '', left, tail = ''] = stdout.split(/… (\d+) bytes left out …\n/);
  expect(head).toBe('1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n11\n12\n13\n');
  expect(tail).toBe('994\n995\n996\n997\n998\n999\n1000\n');
  const whole = Array.from({ length: 1_000 }, (_, i) => `${i + 1}\n`).join('');
  expect(Number(left)).toBe(whole.length - head.length - tail.length);
});

test('however an output arrives, what is kept is the same, and every character is whole', () => {
  const text = fc.string({
    unit: fc.constantFrom('a', 'ü', '€', '😀', '\n'),
    maxLength: 400,
    size: 'max',
  });
  fc.assert(
    fc.property(text, fc.infiniteStream(fc.integer({ min: 1, max: 90 })), (whole, sizes) => {
      const bytes = Buffer.from(whole);
      const inPieces = new HeadTail({ head: 32, tail: 32 });
      for (let at = 0; at < bytes.length; ) {
        const size = sizes.next().value ?? 1;
        inPieces.push(bytes.subarray(at, at + size));
        at += size;
      }
      const atOnce = new HeadTail({ head: 32, tail: 32 });
      atOnce.push(bytes);
      const kept = keptText(inPieces);
      expect(kept).toBe(keptText(atOnce));
      expect(kept).not.toContain('\ufffd');
      if (bytes.length <= 64) expect(kept).toBe(whole);
      else expect(kept).toMatch(/… \d+ bytes left out …/);
    }),
    draws(300),
  );
});
