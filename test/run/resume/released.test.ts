import { createReadStream, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { EventOf, RecordedEvent, RunEvent } from '#events/log/event.ts';
import { resumeRun } from '#run/resume.ts';
import { importRun } from '#run/store/archive.ts';
import { readRun } from '#run/store/read-run.ts';
import { verifyRun } from '#run/store/verify-run.ts';
import { parsed } from '../../fixtures/compiled.ts';
import { surroundings } from '../../fixtures/surroundings.ts';
import { MemoryStore } from '../../support/memory-store.ts';

/** Whole runs that each release recorded, as `runbook runs export` wrote them. */
const RELEASED = resolve(import.meta.dirname, '../../fixtures/released');

/** The most places at which one run is continued. */
const AT_MOST = 50;

const releases = readdirSync(RELEASED).filter((name) => name.includes('.'));
const archives = releases.flatMap((release) =>
  readdirSync(join(RELEASED, release)).map((file) => join(release, file)),
);

async function imported(file: string) {
  const store = new MemoryStore();
  const { id } = await importRun(store, createReadStream(join(RELEASED, file)));
  return { store, kept: store.kept(id) };
}

/** Gives every secret URL again as it was, the password apart. */
function givenAgain({ inputs, targets }: EventOf<'run.started'>): Readonly<Record<string, string>> {
  const [place] = targets;
  const url = `postgres://${place?.user ?? 'x'}@${place?.host ?? 'x'}:${place?.port ?? 1}/${place?.database ?? 'x'}`;
  return Object.fromEntries(
    inputs
      .filter(({ secret, value }) => secret && value !== undefined && value !== null)
      .map(({ name }) => [name, name.endsWith('_url') ? url : 'a-secret-pin']),
  );
}

describe.each(archives)('the run %s', (file) => {
  test('is read and verified', async () => {
    const { kept } = await imported(file);
    expect((await verifyRun(kept.record)).flaws).toEqual([]);
  });

  test('is continued after any of its lines as it was then', async () => {
    const { kept: whole } = await imported(file);
    const { source, children, records } = await readRun(whole.record);
    const started = records[0]?.event as EventOf<'run.started'>;
    const others = [...children].map(([name, { text }]) => [name, text]);
    const runbook = parsed(source.text, source.file, Object.fromEntries(others));
    const end = records.findIndex(({ event }) => event.type === 'run.finished');
    expect(end).toBeGreaterThan(20);
    const stride = Math.ceil(end / AT_MOST);
    for (let count = 1; count <= end; count += stride) {
      const { store, kept } = await imported(file);
      kept.lines.splice(count);
      const open = await resumeRun(runbook, await readRun(kept.record), {
        ...{ store, attended: true, answers: {}, given: givenAgain(started) },
        surroundings: { ...surroundings, worker: started.worker },
      });
      await open.close();
      // A process that was killed had decided more than it wrote: that is decided again.
      const decided = kept.lines.slice(count).map((line) => eventOf(line).type);
      const next = records.slice(count).map(({ event }) => event.type);
      expect([count, decided]).toEqual([count, next.slice(0, decided.length)]);
    }
  });
});

function eventOf(line: Buffer): RunEvent {
  return (JSON.parse(line.toString()) as RecordedEvent).event;
}
