import { readFileSync, statSync } from 'node:fs';
import { createRedactor } from '#safety/redaction/redactor.ts';
import { resolvePath, shownPath } from '../config/files.ts';
import type { Reference } from '../config/reference.ts';
import { LONGEST_VALUE, runCommand } from './run-command.ts';

/** A resolved value, or the reason why it is unavailable, which never contains the value. */
export type Resolved =
  | {
      readonly ok: true;
      /** Never empty; without trailing line ends. */
      readonly text: string;
      readonly warning: string | undefined;
    }
  | { readonly ok: false; readonly reason: string; readonly hint: string | undefined };

/** The context of resolving a reference. */
export type ResolveOptions = {
  /** The base folder of paths and commands. */
  readonly folder: string;
  /** Commands may prompt on the terminal. */
  readonly hasTerminal: boolean;
  /** The time limit of a command; by default 30 s, or 60 s if someone has to type. */
  readonly timeoutMs?: number | undefined;
};

const COMMAND_MS = 30_000;
const TYPED_COMMAND_MS = 60_000;
const OTHERS_READ = 0o004;

/** Resolves a reference to its value. */
export async function resolveReference(
  reference: Reference,
  options: ResolveOptions,
): Promise<Resolved> {
  switch (reference.kind) {
    case 'text':
      return { ok: true, text: reference.text, warning: undefined };
    case 'env':
      return fromVariable(reference.name);
    case 'file':
      return fromFile(resolvePath(reference.path, options.folder));
    case 'command':
      return fromCommand(reference.command, options);
  }
}

function fromVariable(name: string): Resolved {
  const text = process.env[name];
  if (text !== undefined && text !== '') return { ok: true, text, warning: undefined };
  const reason = text === undefined ? `${name} is not set` : `${name} is empty`;
  return { ok: false, reason, hint: `export ${name}=…` };
}

function fromFile(path: string): Resolved {
  const shown = shownPath(path);
  try {
    const stats = statSync(path);
    if (!stats.isFile()) return failed(`${shown} is not a file`);
    if (stats.size > LONGEST_VALUE) return failed(`${shown} is too large for a value`);
    const text = readFileSync(path, 'utf8').trimEnd();
    if (text === '') return failed(`${shown} is empty`);
    const isOpen = (stats.mode & OTHERS_READ) !== 0;
    const warning = isOpen ? `all users can read ${shown}: chmod 600 ${shown}` : undefined;
    return { ok: true, text, warning };
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    return failed(code === 'ENOENT' ? `${shown} does not exist` : message);
  }
}

async function fromCommand(
  command: string,
  { folder, hasTerminal, timeoutMs }: ResolveOptions,
): Promise<Resolved> {
  const end = await runCommand(command, {
    folder,
    hasTerminal,
    timeoutMs: timeoutMs ?? (hasTerminal ? TYPED_COMMAND_MS : COMMAND_MS),
  });
  if (!end.ok) {
    const said = createRedactor([]).text(end.said.trim());
    return { ok: false, reason: end.reason, hint: said === '' ? undefined : said };
  }
  const text = end.printed.trimEnd();
  return text === '' ? failed('it printed nothing') : { ok: true, text, warning: undefined };
}

function failed(reason: string): Resolved {
  return { ok: false, reason, hint: undefined };
}
