import { readFileSync, readlinkSync } from 'node:fs';

/** The scope of a process ID: one boot of one machine, and one PID namespace of it. */
export type ProcessSpace = {
  readonly machine: string;
  readonly boot: string;
  readonly pids: string;
};

/** The initial PID namespace of a machine; its number is fixed in Linux. */
const FIRST_PIDS = '4026531836';

/** Returns the space of this process; undefined if the system does not report one. */
export function processSpace(): ProcessSpace | undefined {
  try {
    return {
      machine: idIn('/etc/machine-id') ?? 'unknown',
      boot: idIn('/proc/sys/kernel/random/boot_id') ?? 'unknown',
      pids: /\d+/.exec(readlinkSync('/proc/self/ns/pid'))?.[0] ?? 'unknown',
    };
  } catch {
    return undefined;
  }
}

/**
 * Compares the space of a process ID with this one. `same`: it can be looked up. `gone`: its
 * machine has rebooted, so all of its processes have ended. `unknown`: another container, or
 * another machine of the same name.
 */
export function compareSpaces(other: ProcessSpace, own: ProcessSpace): 'same' | 'gone' | 'unknown' {
  if (other.boot === own.boot) return other.pids === own.pids ? 'same' : 'unknown';
  const isOfMachine = other.pids === FIRST_PIDS && own.pids === FIRST_PIDS;
  return isOfMachine && other.machine === own.machine && own.machine !== 'unknown'
    ? 'gone'
    : 'unknown';
}

/** Returns a space as part of a file name; {@link readSpace} is the inverse. */
export function writeSpace({ machine, boot, pids }: ProcessSpace): string {
  return `in-${machine}-${boot}-${pids}`;
}

/** Parses a space from part of a file name. */
export function readSpace(text: string): ProcessSpace | undefined {
  const [, machine, boot, pids] = /^in-(\w+)-(\w+)-(\w+)$/.exec(text) ?? [];
  if (machine === undefined || boot === undefined || pids === undefined) return undefined;
  return { machine, boot, pids };
}

/** The first digits suffice to distinguish two spaces, and keep file names short. */
function idIn(file: string): string | undefined {
  try {
    return /^\w{8}/.exec(readFileSync(file, 'utf8'))?.[0];
  } catch {
    return undefined;
  }
}
