import { appendFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { hashLine } from '#run/journal/line.ts';
import { verifyRun } from '#run/store/verify-run.ts';
import { type KeptRun, keepOutput, keptRun, keptStart, printed } from '../../fixtures/kept-run.ts';

/** A run whose step printed twice into one output, and more than is read at once into another. */
function printedRun(): Promise<KeptRun> {
  return keptRun((run) => {
    const small = keepOutput(run, 'small', 'hello\n');
    const large = keepOutput(run, 'large', 'x'.repeat(1024 * 1024 + 5));
    return [keptStart(), printed(small), printed(small, large)];
  });
}

function lastLine(run: KeptRun): Buffer {
  const lines = readFileSync(run.journal, 'utf8').split('\n');
  return Buffer.from(`${lines.at(-2)}\n`);
}

test('a run that nobody touched has no flaw, and says what was compared', async () => {
  const run = await printedRun();
  expect(await verifyRun(run.record)).toEqual({
    ...{ events: 3, outputs: 2, runbooks: 2, tornBytes: 0, unnamed: [], flaws: [] },
    head: hashLine(lastLine(run)),
  });
});

test('an output that is there and cannot be read is named as such', async () => {
  const { record } = await printedRun();
  const { outputs } = record;
  const read = () => Promise.reject(new Error('EIO'));
  const source = { ...outputs.source, size: outputs.source.size, read };
  const verified = await verifyRun({ ...record, outputs: { ...outputs, source } });
  expect(verified.flaws).toEqual(
    ['outputs/small', 'outputs/large'].map((file) => {
      return { file, what: 'is missing, or cannot be read' };
    }),
  );
});

test('a run without runbooks inside has one copy', async () => {
  const { children: _, ...alone } = keptStart();
  expect(await verifyRun((await keptRun(() => [alone])).record)).toMatchObject({
    runbooks: 1,
    outputs: 0,
    flaws: [],
  });
});

test.each<readonly [string, (run: KeptRun) => void, object]>([
  [
    'an output that was changed',
    ({ outputs }) => writeFileSync(join(outputs, 'small'), 'HELLO\n'),
    { file: 'outputs/small', what: 'was changed after it was written' },
  ],
  [
    'the end of a large output that was changed',
    ({ outputs }) => writeFileSync(join(outputs, 'large'), `${'x'.repeat(1024 * 1024 + 4)}y`),
    { file: 'outputs/large', what: 'was changed after it was written' },
  ],
  [
    'an output that grew',
    ({ outputs }) => appendFileSync(join(outputs, 'small'), 'more\n'),
    { file: 'outputs/small', what: 'has 11 bytes; 6 were written' },
  ],
  [
    'an output that is gone',
    ({ outputs }) => rmSync(join(outputs, 'small')),
    { file: 'outputs/small', what: 'is missing, or cannot be read' },
  ],
  [
    'a runbook that was replaced',
    ({ runbook }) => writeFileSync(runbook, 'another'),
    { file: 'runbook.yaml', what: 'is not the runbook that the run began with' },
  ],
  [
    'a runbook inside that is gone',
    ({ runbooks }) => rmSync(join(runbooks, 'inner.yaml')),
    { file: 'runbooks/inner.yaml', what: 'is missing, or cannot be read' },
  ],
  [
    'a line that was changed',
    ({ journal }) =>
      writeFileSync(journal, readFileSync(journal, 'utf8').replace('"ms":1', '"ms":2')),
    { file: 'journal.jsonl', line: 2, what: 'was changed after it was written' },
  ],
])('%s is the one flaw that is found', async (_, change, flaw) => {
  const run = await printedRun();
  change(run);
  expect((await verifyRun(run.record)).flaws).toEqual([flaw]);
});

test('a journal that was emptied is a flaw; one whose first line was changed has only that one', async () => {
  const run = await printedRun();
  const text = readFileSync(run.journal, 'utf8');
  writeFileSync(run.journal, '');
  expect(await verifyRun(run.record)).toMatchObject({
    ...{ events: 0, outputs: 0, runbooks: 0, unnamed: expect.any(Array) },
    flaws: [
      { file: 'journal.jsonl', what: 'has no event: it was emptied, or the run never began' },
    ],
  });
  writeFileSync(run.journal, text.replace('"pid":', '"pid": '));
  expect(await verifyRun(run.record)).toMatchObject({
    events: 0,
    flaws: [{ file: 'journal.jsonl', line: 1, what: 'was changed after it was written' }],
  });
});

test('an output outside the folder of outputs is not looked at', async () => {
  const run = await keptRun((kept) => {
    const output = keepOutput(kept, 'small', 'x');
    return [keptStart(), printed({ ...output, file: '../journal.jsonl' })];
  });
  expect(await verifyRun(run.record)).toMatchObject({
    unnamed: ['outputs/small'],
    flaws: [{ file: '../journal.jsonl', what: 'is not a place for an output' }],
  });
});

test('what a crash left is no flaw', async () => {
  const run = await printedRun();
  writeFileSync(join(run.outputs, 'half'), 'x');
  appendFileSync(run.journal, '{"seq":9');
  expect(await verifyRun(run.record)).toMatchObject({
    tornBytes: 8,
    unnamed: ['outputs/half'],
    flaws: [],
  });
  rmSync(run.outputs, { recursive: true });
  expect(await verifyRun(run.record)).toMatchObject({ unnamed: [], outputs: 2 });
});
