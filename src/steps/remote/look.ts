import { execFile } from 'node:child_process';
import type { StepError } from '#runbook/model/step-error.ts';
import { longestTimer } from '../timer-limit.ts';
import type { ErrorRule } from '../wire/network-error.ts';
import type { Asking, Client } from './client.ts';
import { clientError, startError } from './client-error.ts';
import { notReached } from './outcome.ts';

/** A machine says its name and machine ID; one that has none, its name and the ID of its boot. */
export const MACHINE = `
if IFS= read -r id </etc/machine-id && [ "\${#id}" = 32 ]; then printf '%s, machine %s' "$HOSTNAME" "$id"
elif IFS= read -r id </proc/sys/kernel/random/boot_id; then printf '%s, boot %s' "$HOSTNAME" "$id"
else printf '%s, which could not be identified' "$HOSTNAME"; fi 2>/dev/null`;

/** A container says its name, and when its first process began, and on which boot. */
export const CONTAINER = `
if IFS= read -r id </proc/sys/kernel/random/boot_id && IFS= read -r stat </proc/1/stat
then stat=\${stat##*) }; set -- $stat; printf '%s, boot %s, process 1 of %s' "$HOSTNAME" "$id" "\${20-}"
else printf '%s, which could not be identified' "$HOSTNAME"; fi 2>/dev/null`;

/** Returns the script that prints who runs it, and then its folder without symbolic links. */
export function lookScript({ selfPortrait }: Client): string {
  return `${selfPortrait}; printf '\\n'; pwd -P`;
}

/** Long enough to tell two machines apart; the whole is compared. */
const SHOWN = 12;

/** Returns an identity for people: the beginning of what is too long to read. */
export function shortened(text: string): string {
  return text.replace(/[\w+/]{32,}/g, (long) => `${long.slice(0, SHOWN)}…`);
}

/** Resolves with what a client prints on this machine, or with why it has no answer. */
export function asked(
  { place, rules }: { readonly place: string; readonly rules: readonly ErrorRule[] },
  [program, ...words]: readonly [string, ...string[]],
  how: Asking,
): Promise<{ readonly stdout: string } | { readonly error: StepError }> {
  const { env, signal } = how;
  const options = {
    env,
    signal,
    timeout: longestTimer(Math.ceil(how.timeoutMs)),
    maxBuffer: 16 * 1024 * 1024,
  };
  return new Promise((resolve) => {
    execFile(program, words, options, (error, stdout, stderr) => {
      if (error === null) resolve({ stdout });
      else if (signal.aborted || error.killed === true)
        resolve({
          error: notReached(signal.aborted ? 'cancelled' : 'timeout', place, how.timeoutMs),
        });
      else if (typeof error.code === 'string')
        resolve({ error: startError(program, { ...error, code: error.code }) });
      else resolve({ error: clientError(stderr, rules, place) });
    });
  });
}
