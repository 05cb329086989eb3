import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { CapturedOutput, type MaskingStream, outputName } from '#run/outputs/captured.ts';
import { fileOutputs } from '#run/outputs/file/folder.ts';
import { startsOfOutputs } from '#run/outputs/shown.ts';
import { printed } from '../../fixtures/kept-run.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const PLAIN: MaskingStream = { push: (chunk) => chunk, end: () => Buffer.alloc(0) };
const name = outputName({
  step: 'holders',
  visit: 1,
  part: 'action',
  attempt: 2,
  stream: 'stdout',
});
let folder: string;

/** The text of an output, as a transcript of its run has it. */
async function stored(file: string, limitBytes?: number): Promise<string | undefined> {
  const event = printed({ ...NOTHING, file });
  const { source } = fileOutputs(folder);
  const starts = await startsOfOutputs(source, [{ seq: 1, at: '', event }], limitBytes);
  return starts.get(file);
}

const NOTHING = {
  stream: 'stdout',
  bytes: 0,
  droppedBytes: 0,
  sha256: '',
  head: '',
  tail: '',
} as const;

beforeEach(() => {
  folder = temporaryFolder();
  mkdirSync(join(folder, 'outputs'));
});

function open(
  options: Partial<ConstructorParameters<typeof CapturedOutput>[0]> = {},
): CapturedOutput {
  return new CapturedOutput({
    sink: fileOutputs(folder).sink,
    name,
    stream: 'stdout',
    mask: PLAIN,
    ...options,
  });
}

test('an output that printed nothing has no file and no record', async () => {
  expect(await open().finish({ sync: true })).toBeUndefined();
  expect(() => statSync(join(folder, 'outputs', name))).toThrow();
});

test('a short output is whole in the file and in the record', async () => {
  const output = open();
  output.write(Buffer.from('one\n'));
  output.write(Buffer.from('two\n'));
  expect(await output.finish({ sync: false })).toEqual({
    stream: 'stdout',
    file: 'outputs/holders.1.action.2.stdout',
    bytes: 8,
    droppedBytes: 0,
    sha256: createHash('sha256').update('one\ntwo\n').digest('hex'),
    head: 'one\ntwo\n',
    tail: '',
  });
  expect(await stored(`outputs/${name}`)).toBe('one\ntwo\n');
  expect(await stored(`outputs/${name}`, 5)).toBe('one\nt');
  expect(statSync(join(folder, 'outputs', name)).mode & 0o777).toBe(0o600);
});

test('beyond its limit a file keeps its beginning, and the record its end', async () => {
  const output = open({ limitBytes: 100_000 });
  const line = Buffer.from(`${'x'.repeat(999)}\n`);
  for (let i = 0; i < 300; i += 1) output.write(line);
  output.write(Buffer.from('the end\n'));
  const record = await output.finish({ sync: false });
  const kept = readFileSync(join(folder, 'outputs', name));
  expect(record).toMatchObject({ bytes: 100_000, droppedBytes: 200_008 });
  expect(kept).toHaveLength(100_000);
  expect(record?.sha256).toBe(createHash('sha256').update(kept).digest('hex'));
  expect(record?.head).toHaveLength(4_096);
  expect(record?.tail).toHaveLength(8_192);
  expect(record?.tail.endsWith('x\nthe end\n')).toBe(true);
});

test.each([1, 2, 3, 7, 4_096, 65_536])(
  'both ends keep every character whole, however %i-byte pieces cut it',
  async (size) => {
    for (const text of ['日本é🙂'.repeat(900), '日本é🙂'.repeat(5_000)]) {
      const bytes = Buffer.from(text);
      const output = open();
      for (let at = 0; at < bytes.length; at += size) output.write(bytes.subarray(at, at + size));
      const { head = '', tail = '' } = (await output.finish({ sync: false })) ?? {};
      expect(text.startsWith(head)).toBe(true);
      expect(text.endsWith(tail)).toBe(true);
      if (bytes.length <= 12_288) expect(head + tail).toBe(text);
    }
  },
);

test('only masked bytes are kept, and those held back come at the end', async () => {
  let held = Buffer.alloc(0);
  const mask: MaskingStream = {
    push(chunk) {
      const all = Buffer.concat([held, chunk]).toString().replaceAll('s3cret', '••••');
      held = Buffer.from(all.slice(-6));
      return Buffer.from(all.slice(0, -6));
    },
    end: () => held,
  };
  const seen: string[] = [];
  const output = open({ mask, onMasked: (chunk) => seen.push(chunk.toString()) });
  output.write(Buffer.from('password s3c'));
  output.write(Buffer.from('ret, and on'));
  const record = await output.finish({ sync: false });
  expect(record?.head).toBe('password ••••, and on');
  expect(seen.join('')).toBe(record?.head);
  expect(await stored(record?.file ?? '')).toBe(record?.head);
});

test('the file of an interrupted execution is not overwritten', async () => {
  writeFileSync(join(folder, 'outputs', name), 'before the crash');
  const output = open();
  output.write(Buffer.from('after'));
  expect((await output.finish({ sync: false }))?.file).toBe(`outputs/${name}.2`);
  expect(await stored(`outputs/${name}`)).toBe('before the crash');
});

test('a disk that does not take the output costs the output, not the step', async () => {
  rmSync(join(folder, 'outputs'), { recursive: true });
  const output = open();
  output.write(Buffer.from('evidence\n'));
  expect(await output.finish({ sync: true })).toMatchObject({
    bytes: 0,
    droppedBytes: 9,
    head: 'evidence\n',
  });
});

test('a path that leads out of the outputs is not read', async () => {
  writeFileSync(join(folder, 'runbook.yaml'), 'name: x');
  for (const file of ['runbook.yaml', '/etc/hostname', 'outputs/../runbook.yaml', 'outputs/']) {
    expect(await stored(file)).toBeUndefined();
  }
  expect(await stored('outputs/nothing')).toBeUndefined();
});

test('half a gigabyte passes in bounded memory', async () => {
  const chunk = Buffer.alloc(64 * 1024, 'a line of output of forty characters ok\n');
  const output = open({ limitBytes: 1024 * 1024 });
  const before = process.memoryUsage().rss;
  for (let i = 0; i < 8_192; i += 1) output.write(chunk);
  expect(await output.finish({ sync: false })).toMatchObject({ bytes: 1_048_576 });
  expect(process.memoryUsage().rss - before).toBeLessThan(64 * 1024 * 1024);
});
