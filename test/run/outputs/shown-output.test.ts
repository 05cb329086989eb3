import { appendFileSync, mkdirSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { fileOutputs } from '#run/outputs/file/folder.ts';
import { shownOutput } from '#run/outputs/shown.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const MIB = 1024 * 1024;
const FILE = 'outputs/look.1.action.1.stdout';
const NOTE = /\n… (\d+) of (\d+) bytes are left out here; all of them are in (.*) …\n\n/;
let folder: string;

beforeEach(() => {
  folder = temporaryFolder();
  mkdirSync(join(folder, 'outputs'));
});

function printed(text: string): Promise<string> {
  writeFileSync(join(folder, FILE), text);
  return shown();
}

function shown(options = { isGrowing: false }): Promise<string> {
  return shownOutput(fileOutputs(folder).source, FILE, options);
}

/** Both ends of what is shown, and what it says between them. */
function endsOf(shown: string) {
  const [head = '', leftOut, size, path, tail = ''] = shown.split(NOTE);
  return { head, tail, leftOut: Number(leftOut), size: Number(size), path };
}

test('of a long output both ends are shown in whole lines, with how much is left out and where it is', async () => {
  const text = Array.from({ length: 330_000 }, (_, i) => `line ${i} of a long output — é\n`).join(
    '',
  );
  expect(Buffer.byteLength(text)).toBeGreaterThan(10 * MIB);
  const { head, tail, leftOut, size, path } = endsOf(await printed(text));
  expect(text.startsWith(head) && head.endsWith('é\n')).toBe(true);
  expect(text.endsWith(tail) && tail.startsWith('line ')).toBe(true);
  expect(tail).toContain('line 329999 of');
  expect(Buffer.byteLength(head + tail)).toBeGreaterThan(4 * MIB - 100);
  expect(Buffer.byteLength(head + tail)).toBeLessThanOrEqual(4 * MIB);
  expect(size).toBe(Buffer.byteLength(text));
  expect(leftOut).toBe(size - Buffer.byteLength(head + tail));
  expect(path).toBe(join(folder, FILE));
});

test.each([0, 1, 2, 3])(
  'a line too long to be left whole is cut between characters (%i)',
  async (by) => {
    const text = `${'x'.repeat(by)}${'🙂'.repeat(2 * MIB)}${'y'.repeat(by)}`;
    const { head, tail } = endsOf(await printed(text));
    expect(text.startsWith(head.trimEnd())).toBe(true);
    expect(text.endsWith(tail)).toBe(true);
    expect(head + tail).not.toContain('\ufffd');
  },
);

test('up to both ends together an output is shown whole', async () => {
  const text = `${'x'.repeat(4 * MIB - 2)}y\n`;
  expect(await printed(text)).toBe(text);
  expect(await printed('')).toBe('');
});

test('of an output that still grows a character that has not come whole is not shown', async () => {
  const [first, ...rest] = Buffer.from('é');
  expect(await printed('one\n')).toBe('one\n');
  appendFileSync(join(folder, FILE), Buffer.of(first ?? 0));
  expect(await shown({ isGrowing: true })).toBe('one\n');
  appendFileSync(join(folder, FILE), Buffer.from(rest));
  expect(await shown({ isGrowing: true })).toBe('one\né');
});

test('while it is printed less of both ends is shown, so that keys are still answered at once', async () => {
  await printed('a line of it\n'.repeat(100_000));
  appendFileSync(join(folder, FILE), 'and the last\n');
  const { head, tail, leftOut } = endsOf(await shown({ isGrowing: true }));
  expect(head.length + tail.length).toBeLessThanOrEqual(MIB / 2);
  expect(head.length + tail.length + leftOut).toBe(1_300_013);
  expect(tail.endsWith('and the last\n')).toBe(true);
});

test('no more than both ends is read, however large the file', async () => {
  await printed('the first\n');
  truncateSync(join(folder, FILE), 64 * 1024 * MIB);
  appendFileSync(join(folder, FILE), '\nthe last\n');
  const text = await shown();
  expect(text.startsWith('the first\n')).toBe(true);
  expect(text.endsWith('\nthe last\n')).toBe(true);
  expect(text.length).toBeLessThan(5 * MIB);
});

test('a file that is not there, or is no output, is not read', async () => {
  writeFileSync(join(folder, 'runbook.yaml'), 'name: x');
  await expect(shown()).rejects.toThrow('this output is not there');
  for (const file of ['runbook.yaml', 'outputs/../runbook.yaml', '/etc/hostname'])
    await expect(
      shownOutput(fileOutputs(folder).source, file, { isGrowing: false }),
    ).rejects.toThrow('this is not an output of the run');
});
