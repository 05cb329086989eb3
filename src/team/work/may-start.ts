import type { Execute } from '#machine/effect.ts';
import type { RowsJournal } from '../record/journal.ts';
import type { WorkerParts } from './parts.ts';

/**
 * A change starts once its start is committed, and while this worker surely counts as alive. Resolves
 * with the moment until which it does; rejects if the run was lost.
 */
export async function mayStart(
  {
    journal,
    lease,
    onSeam,
  }: Pick<WorkerParts, 'lease' | 'onSeam'> & { readonly journal: Pick<RowsJournal, 'durable'> },
  execute: Execute,
): Promise<number> {
  onSeam?.('before-durable', execute);
  await journal.durable();
  onSeam?.('before-check', execute);
  lease.assert();
  const { notAfter } = lease;
  onSeam?.('after-check', execute);
  return notAfter;
}
