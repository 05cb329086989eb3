import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type Box, missingBox, openBox } from './box.ts';

/** A systemd as process 1 of its own machine, with the units of this machine's packages. */
export type SystemdBox = Box & {
  /** The only folder that is the same inside and outside. */
  readonly shared: string;
};

/** Returns the reason why no systemd can be started here; undefined if one can. */
export async function missingSystemd(): Promise<string | undefined> {
  if (!existsSync('/lib/systemd/systemd')) return 'systemd is not installed';
  if (!existsSync('/etc/postgresql')) return 'PostgreSQL of Debian is not installed';
  return await missingBox(['systemctl', 'journalctl', 'pg_lsclusters', 'runuser']);
}

/** Starts systemd. */
export async function openSystemd(): Promise<SystemdBox> {
  const box = await openBox('systemd-box.sh');
  return { ...box, shared: join(box.folder, 'shared') };
}
