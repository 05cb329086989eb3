import { readFileSync, readlinkSync } from 'node:fs';

/** Where a process number means something: one boot of one machine, and one PID namespace of it. */
export type ProcessSpace = {
  readonly machine: string;
  readonly boot: string;
  readonly pids: string;
};

/** The PID namespace that a machine boots with; its number is fixed in Linux. */
const FIRST_PIDS = '4026531836';

/** Returns the space of this process; undefined where the system does not say. */
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
 * Returns whether a process number of another space can be looked up in this one. `gone`: it cannot, and
 * all of that space has ended, since its machine has booted again. `unknown`: another container, or
 * another machine of the same name.
 */
export function compareSpaces(other: ProcessSpace, own: ProcessSpace): 'same' | 'gone' | 'unknown' {
  if (other.boot === own.boot) return other.pids === own.pids ? 'same' : 'unknown';
  const isOfMachine = other.pids === FIRST_PIDS && own.pids === FIRST_PIDS;
  return isOfMachine && other.machine === own.machine && own.machine !== 'unknown'
    ? 'gone'
    : 'unknown';
}

/** Returns a space as a part of a file's name; {@link readSpace} reads it again. */
export function writeSpace({ machine, boot, pids }: ProcessSpace): string {
  return `in-${machine}-${boot}-${pids}`;
}

/** Returns the space that a part of a file's name says. */
export function readSpace(text: string): ProcessSpace | undefined {
  const [, machine, boot, pids] = /^in-(\w+)-(\w+)-(\w+)$/.exec(text) ?? [];
  if (machine === undefined || boot === undefined || pids === undefined) return undefined;
  return { machine, boot, pids };
}

/** The first digits are enough to tell two from each other, and a file's name is short. */
function idIn(file: string): string | undefined {
  try {
    return /^\w{8}/.exec(readFileSync(file, 'utf8'))?.[0];
  } catch {
    return undefined;
  }
}
