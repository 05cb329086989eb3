import type { RunSource } from '#run/store/port.ts';
import { storeHere } from '../surroundings.ts';

/** Uses the runs of a server by its name, or those of this machine without one. */
export async function withRuns<T>(
  server: string | undefined,
  use: (runs: RunSource) => Promise<T>,
): Promise<T> {
  if (server === undefined) return await use(storeHere());
  return await (await import('./connect.ts')).withServer(server, use);
}
