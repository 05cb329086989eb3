import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join, resolve } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { readJournal } from '#run/journal/file/read.ts';
import { repairTail } from '#run/journal/file/tail.ts';
import { openJournal } from '#run/journal/file/writer.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const WRITER = resolve(import.meta.dirname, '../../fixtures/write-journal.ts');
const NODE = [process.execPath, '--experimental-strip-types', '--no-warnings'] as const;
const clock = () => new Date('2026-11-21T03:12:00.000Z');

/** Runs the writer, kills it once it has said that many events are written, returns what it said. */
async function killAfter(file: string, events: number): Promise<number> {
  const [node, ...flags] = NODE;
  const child = spawn(node, [...flags, WRITER, file], { stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  let said = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    said += text;
    if (said.split('\n').length > events) child.kill('SIGKILL');
  });
  const [, signal] = await once(child, 'close');
  expect(signal).toBe('SIGKILL');
  return Number(said.split('\n').at(-2));
}

test.each([1, 2, 7, 40, 160, 640, 1_500, 3_000])(
  'a writer killed after %i events leaves every event it reported, in a chain that holds',
  async (events) => {
    const file = join(temporaryFolder(), 'journal.jsonl');
    const reported = await killAfter(file, events);
    const { records, problems } = readJournal(file);
    expect(problems).toEqual([]);
    expect(records.length).toBeGreaterThanOrEqual(reported);
    expect(reported).toBeGreaterThanOrEqual(events);
    repairTail(file);
    const journal = openJournal(file, { clock, after: readJournal(file).head });
    expect(journal.append({ type: 'run.paused', reason: 'x' }).seq).toBe(records.length + 1);
    journal.close();
  },
);

test('a write that the system cuts short leaves no part of a line behind', async () => {
  const file = join(temporaryFolder(), 'journal.jsonl');
  const command = 'ulimit -f 64; exec "$@"';
  const child = spawn('bash', ['-c', command, 'bash', ...NODE, WRITER, file, '1000'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const chunks = await child.stdout.setEncoding('utf8').toArray();
  const said = chunks.join('').trimEnd().split('\n');
  expect(said.at(-2)).toMatch(/^environment: cannot write the run's journal: EFBIG/);
  const { records, problems, tornBytes } = readJournal(file);
  expect({ problems, tornBytes }).toEqual({ problems: [], tornBytes: 0 });
  expect(records.at(-1)).toMatchObject({
    seq: Number(said.at(-1)),
    event: { type: 'timer.fired' },
  });
});
