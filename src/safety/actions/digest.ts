import type { Json } from '#runbook/model/value.ts';
import type { Action } from './action.ts';

/**
 * Returns the SHA-256 of a text in hexadecimal. It is a parameter, since this layer is
 * platform-independent.
 */
export type Hash = (text: string) => string;

/** Everything that a confirmation covers. */
export type ConfirmedAction = {
  readonly step: string;
  readonly action: Action;
  /** The server or host, e.g. `postgres oncall@db1:5432/shop`. */
  readonly where: string;
  /** The server it should run on, if known. */
  readonly server?: string | undefined;
  /** The server the rows were read from, if known. */
  readonly readFrom?: string | undefined;
  readonly rows: readonly Readonly<Record<string, Json>>[];
  /** The item of a repeated step, from 1: the same action for two items is confirmed twice. */
  readonly item?: number;
  /** Set for the undo of the step. */
  readonly part?: 'undo';
  /** The result of the check, if the last outcome of the change is unknown. */
  readonly unsettled?: string;
};

/** Returns the digest of exactly what will run: text, values, target and pinned rows. */
export function digestOf(confirmed: ConfirmedAction, hash: Hash): string {
  const { action } = confirmed;
  const runs = action.kind === 'sql' ? { ...action, origin: [] } : action;
  return hash(canonical({ ...confirmed, action: runs }));
}

/** Returns JSON with sorted keys: equal values have equal texts. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (value === null || typeof value !== 'object') return JSON.stringify(value) ?? 'null';
  const entries = Object.entries(value)
    .filter(([, inner]) => inner !== undefined)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, inner]) => `${JSON.stringify(key)}:${canonical(inner)}`);
  return `{${entries.join(',')}}`;
}
