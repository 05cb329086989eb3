import { writeSync } from 'node:fs';
import { harmlessLine } from '#text/harmless.ts';

/** The limit of distinct errors: a view that fails on every change must not fill the memory. */
const MOST = 10;

const counts = new Map<string, number>();

/**
 * Stores an error that did not affect the run, and prints it on standard error when the process
 * exits: the screen would be drawn over it. `RUNBOOK_DEBUG` adds its stack.
 */
export function reportError(error: unknown): void {
  if (counts.size === 0) process.once('exit', print);
  const text = textOf(error);
  if (counts.has(text) || counts.size < MOST) counts.set(text, (counts.get(text) ?? 0) + 1);
}

function textOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return process.env.RUNBOOK_DEBUG ? (error.stack ?? error.message) : error.message;
}

function print(): void {
  for (const [text, count] of counts) {
    const lines = text.split('\n').map(harmlessLine).join('\n');
    const times = count === 1 ? '' : ` (${count} times)`;
    try {
      writeSync(2, `runbook: internal error, the run was not affected: ${lines}${times}\n`);
    } catch {
      // Standard error is closed.
    }
  }
}
