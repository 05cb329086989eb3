import { expect, vi } from 'vitest';
import type { OpenRun } from '#run/session/open.ts';

/** Lets a run go; resolves once its listeners were told of something, or it has ended. */
export async function begun(run: OpenRun): Promise<OpenRun> {
  const { seq } = run.session.view();
  run.begin();
  await vi.waitFor(() => expect(run.session.view().seq).toBeGreaterThan(seq), 10_000);
  return run;
}
