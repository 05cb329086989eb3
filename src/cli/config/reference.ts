/** A value in a config file or on a command line: the text itself, or a reference to its source. */
export type Reference =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'env'; readonly name: string }
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'command'; readonly command: string };

/** The kinds of reference, by their prefix or key. */
export const REFERENCE_KINDS = ['env', 'file', 'command', 'text'] as const;

const WRITTEN = /^(env|file|command|text):\s*(.*)$/s;

/**
 * Parses a value of a config file or of `--input name=`: `env:NAME`, `file:PATH`, `command: …`, or
 * a plain text; after `text:` the rest is always plain text.
 */
export function readReference(written: string): Reference {
  const [, kind, rest = ''] = WRITTEN.exec(written) ?? [];
  return kind === undefined ? { kind: 'text', text: written } : referenceOf(kind, rest);
}

/** Returns a reference of a kind; an unknown kind yields plain text. */
export function referenceOf(kind: string, rest: string): Reference {
  switch (kind) {
    case 'env':
      return { kind, name: rest.trim() };
    case 'file':
      return { kind, path: rest.trim() };
    case 'command':
      return { kind, command: rest.trim() };
    default:
      return { kind: 'text', text: rest };
  }
}

/** Returns a reference for people, e.g. `env:DATABASE_URL`; plain text is not shown. */
export function describeReference(reference: Reference): string {
  switch (reference.kind) {
    case 'env':
      return `env:${reference.name}`;
    case 'file':
      return `file:${reference.path}`;
    case 'command':
      return `command: ${reference.command}`;
    case 'text':
      return 'a value in the file';
  }
}
