import { join } from 'node:path';
import { runStore } from '#run/store/file/folders.ts';
import type { NewRun, RunRecord, RunStore } from '#run/store/port.ts';
import { MemoryStore } from './memory-store.ts';
import { temporaryFolder } from './temporary-folder.ts';

/** A storage by its name, and what makes an empty one. */
export type StoreUnderTest = readonly [string, () => Pick<RunStore, 'create'>];

/** Every implementation of the ports of a run whose stores are tested too. */
export const STORES: readonly (readonly [string, () => RunStore])[] = [
  ['files', () => runStore(join(temporaryFolder(), 'state'))],
  ['memory', () => new MemoryStore()],
];

/** The text of the runbook of {@link createRun}. */
export const KEPT_TEXT = 'name: waits\n';

/** Makes a run in a store. */
export function createRun(
  store: Pick<RunStore, 'create'>,
  changes: Partial<NewRun> = {},
): Promise<RunRecord> {
  return store.create({
    source: { file: 'waits.yaml', text: KEPT_TEXT },
    name: 'waits',
    now: new Date('2026-11-21T03:12:00.000Z'),
    random: Math.random,
    ...changes,
  });
}
