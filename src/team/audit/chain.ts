import { hashLine, NO_LINE } from '#run/journal/line.ts';

/** An entry of the audit: what happened, and to whom; never a secret. */
export type AuditEntry = {
  readonly what:
    | 'signed-in'
    | 'sign-in-refused'
    | 'signed-out'
    | 'token-created'
    | 'tokens-revoked'
    | 'intent-refused'
    | 'start-refused'
    | 'alert-tried-again'
    | 'run-exported'
    | 'worker-came'
    | 'worker-dead';
  /** Who did it, if somebody is known to have done it. */
  readonly person?: string | undefined;
  readonly run?: string | undefined;
  /** Texts that tell more, by name. */
  readonly more?: Readonly<Record<string, string>> | undefined;
};

/** An entry with its place in the chain. */
export type AuditLine = {
  readonly seq: number;
  readonly at: string;
  readonly prev: string;
  readonly entry: AuditEntry;
};

/** The last line of a chain: its number, and the hash of its bytes. */
export type ChainHead = { readonly seq: number; readonly hash: string };

/** The head of a chain without lines. */
export const NO_HEAD: ChainHead = { seq: 0, hash: NO_LINE };

/** Returns the line that follows a head, with its line end, and the head it makes. */
export function nextLine(
  { seq, hash }: ChainHead,
  at: string,
  entry: AuditEntry,
): { readonly line: string; readonly head: ChainHead } {
  const next: AuditLine = { seq: seq + 1, at, prev: hash, entry };
  const line = `${JSON.stringify(next)}\n`;
  return { line, head: headOf(next.seq, line) };
}

/** Returns the head that a line makes. */
export function headOf(seq: number, line: string): ChainHead {
  return { seq, hash: hashLine(Buffer.from(line)) };
}

/** Reads a line that must follow a head; a text is the reason why it does not. */
export function readLine(
  head: ChainHead,
  { seq, line }: { readonly seq: number; readonly line: string },
): AuditLine | string {
  if (seq !== head.seq + 1) return `entry ${head.seq + 1} is missing`;
  const read = parsed(line);
  if (read === undefined || read.seq !== seq) return `entry ${seq} is not readable`;
  return read.prev === head.hash ? read : `entry ${seq} does not follow the one before it`;
}

function parsed(line: string): AuditLine | undefined {
  try {
    const value = JSON.parse(line) as AuditLine;
    return typeof value.entry?.what === 'string' && typeof value.at === 'string'
      ? value
      : undefined;
  } catch {
    return undefined;
  }
}
