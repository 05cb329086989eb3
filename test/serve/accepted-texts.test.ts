import { chmodSync, readdirSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { sha256 } from '#run/sha256.ts';
import { AcceptedTexts } from '#serve/accepted-texts.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

/** A runbook folder whose texts the test changes, and the folder where texts are kept. */
function place(folder = join(temporaryFolder(), 'state', 'texts')) {
  const files: string[] = [];
  const said: string[] = [];
  const found = () =>
    new Map(files.map((text, at) => [`book-${at}`, () => ({ file: `${at}.yaml`, text })]));
  /** A worker that starts now. */
  const worker = () => new AcceptedTexts({ found }, { folder, say: (text) => said.push(text) });
  return {
    files,
    said,
    folder,
    worker,
    kept: (text: string) => join(folder, `${sha256(text)}.yaml`),
  };
}

const OLD = 'name: a\n';
const NEW = '# b\nname: a\n';
const NEVER = 'name: other\n';

test('a text that was in a runbook folder stays accepted after an edit, also when the worker starts again', async () => {
  const { files, worker, kept } = place();
  files.push(OLD);
  const first = worker();
  expect(await first.has(sha256(OLD))).toBe(true);
  files.splice(0, 1, NEW);
  expect(await first.has(sha256(NEW))).toBe(true);
  for (const one of [first, worker()]) {
    expect(await one.has(sha256(OLD))).toBe(true);
    expect(await one.has(sha256(NEVER))).toBe(false);
  }
  expect(statSync(kept(OLD)).mode & 0o777).toBe(0o600);
});

test('what was altered in the folder of kept texts, or put there by its name, is not accepted', async () => {
  const { files, worker, kept } = place();
  files.push(OLD);
  await worker().read();
  files.splice(0);
  writeFileSync(kept(OLD), `${OLD}# more\n`);
  writeFileSync(kept(NEW), NEVER);
  for (const text of [OLD, NEW, NEVER]) expect(await worker().has(sha256(text))).toBe(false);
});

test('texts are kept as long as open runs need them, or a folder has them, and a week longer', async () => {
  const { files, worker, kept, folder } = place();
  const [needed, spared, forgotten] = ['needed\n', 'spared\n', 'forgotten\n'];
  files.push(OLD, needed, spared, forgotten);
  const one = worker();
  await one.read();
  files.splice(1);
  const daysAgo = (days: number) => new Date(Date.now() - days * 86_400_000);
  for (const text of [OLD, needed, forgotten]) utimesSync(kept(text), daysAgo(8), daysAgo(8));
  utimesSync(kept(spared), daysAgo(6), daysAgo(6));
  await one.prune(new Set([sha256(needed)]));
  expect(readdirSync(folder).toSorted()).toEqual(
    [OLD, needed, spared].map((text) => `${sha256(text)}.yaml`).toSorted(),
  );
  // From now on, another week.
  await one.prune(new Set());
  expect(await worker().has(sha256(needed))).toBe(true);
});

test('where nothing can be kept, runbooks of the folders are accepted, and it is said once', async () => {
  const blocked = join(temporaryFolder(), 'file');
  writeFileSync(blocked, '');
  chmodSync(blocked, 0o400);
  const { files, said, worker } = place(join(blocked, 'texts'));
  files.push(OLD);
  const one = worker();
  for (let time = 0; time < 2; time += 1) {
    await one.read();
    expect(await one.has(sha256(OLD))).toBe(true);
  }
  expect(said).toEqual([expect.stringContaining('runbooks cannot be kept, an edit strands')]);
});
