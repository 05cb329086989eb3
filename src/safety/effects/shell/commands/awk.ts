import { unsure } from '../../report.ts';
import { readFlags } from '../flags.ts';
import type { Judge } from '../judging.ts';

/** Constructs that run a command, read from one, or load code. */
const NEVER = /\bsystem\b|\bgetline\b|\bclose\b|\bfflush\b|@|\\\n|[^\n\t\x20-\x7e]/;

/** After `print` only, `>` writes a file and `|` runs a command. */
const WRITES = /\bprintf?\b[\s\S]*?[>|]/;

/** Judges `awk program file …`. A program can run commands and write files. */
export const judgeAwk: Judge = (call) => {
  const { operands, reasons } = readFlags(call, {
    flags: '-F: -v: --field-separator= --assign= --posix --traditional',
    stopsAtOperand: true,
  });
  const [program] = operands;
  if (program === undefined) return reasons;
  const { text, span } = program;
  const isRead =
    text !== undefined && !NEVER.test(text) && !WRITES.test(text.replaceAll('||', ' '));
  return isRead
    ? reasons
    : [...reasons, unsure('this awk program is not proven to only read', span)];
};
