import { mkdtemp, open } from 'node:fs/promises';
import { join } from 'node:path';
import { codeOf } from '#errors.ts';
import { startInline } from '../network/inline-program.ts';
import type { Keeper } from '../servers/keeper.ts';
import type { ServerUser } from '../servers/system-user.ts';
import { findProgram } from './find-program.ts';

/** A file system that is soon full. */
type SmallDisk = {
  /** Its root, which belongs to the user of the server. */
  readonly folder: string;
  /** Writes a file until no space is left. */
  fill(): Promise<void>;
  /** Unmounts it. Idempotent. */
  remove(): Promise<void>;
};

/** Returns the reason why no file system can be mounted here; undefined if one can. */
export async function missingSmallDisk(): Promise<string | undefined> {
  if (process.getuid?.() !== 0) return 'only root can mount a small file system';
  if ((await findProgram('mount')) === undefined) return 'the program mount is not installed';
  return undefined;
}

/** It is unmounted with the lab, however the lab ends. */
const HOLDER = `
const { execFileSync } = require('node:child_process');
const [folder, options] = process.argv.slice(1);
execFileSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', folder]);
process.on('SIGTERM', () => {
  execFileSync('umount', ['--lazy', folder]);
  process.exit(0);
});
setInterval(() => {}, 1 << 30);
console.log('mounted');`;

/** The parts in which a disk is filled, in bytes: the last ones are pages of the kernel. */
const PARTS = [65_536, 4_096];

/** Mounts a file system in memory of so many megabytes. */
export async function mountSmallDisk(
  keeper: Keeper,
  { megabytes, user }: { readonly megabytes: number; readonly user: ServerUser | undefined },
): Promise<SmallDisk> {
  const folder = await mkdtemp(join(keeper.folder, 'disk-'));
  const owner = user === undefined ? '' : `,uid=${user.uid},gid=${user.gid}`;
  const holder = await startInline(keeper, {
    script: HOLDER,
    args: [folder, `size=${megabytes}m,mode=0700${owner}`],
    logFile: `${folder}.log`,
    stopSignal: 'SIGTERM',
  });
  return {
    folder,
    async fill() {
      const file = await open(join(folder, 'ballast'), 'w');
      try {
        for (const bytes of PARTS) {
          const part = Buffer.alloc(bytes);
          while (await hasWritten(file.write(part)));
        }
      } finally {
        await file.close();
      }
    },
    remove: () => holder.stop(),
  };
}

/** Resolves with false if no space was left for all of it. */
async function hasWritten(writing: Promise<{ readonly bytesWritten: number }>): Promise<boolean> {
  try {
    await writing;
    return true;
  } catch (error) {
    if (codeOf(error) === 'ENOSPC') return false;
    throw error;
  }
}
