import type { Json } from '#runbook/model/value.ts';
import type { Action } from './action.ts';

/** Returns the SHA-256 of a text in hex; passed in, since this layer knows no platform. */
export type Hash = (text: string) => string;

/** Everything a confirmation stands for. */
export type ConfirmedAction = {
  readonly step: string;
  readonly action: Action;
  /** Which server or host, e.g. `postgres oncall@db1:5432/shop`. */
  readonly where: string;
  /** The server it is to run on, where that is known. */
  readonly server?: string | undefined;
  /** The server the rows were read from, where that is known. */
  readonly readFrom?: string | undefined;
  readonly rows: readonly Readonly<Record<string, Json>>[];
  /** Which item of a repeated step, from 1: the same action for two items is confirmed twice. */
  readonly item?: number;
  /** It is the undo of the step. */
  readonly part?: 'undo';
};

/** Returns the digest of exactly what will run: text, values, target and pinned rows. */
export function digestOf(confirmed: ConfirmedAction, hash: Hash): string {
  const { action } = confirmed;
  const runs = action.kind === 'sql' ? { ...action, origin: [] } : action;
  return hash(canonical({ ...confirmed, action: runs }));
}

/** Returns JSON with sorted keys, so that equal values have equal texts. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (value === null || typeof value !== 'object') return JSON.stringify(value) ?? 'null';
  const entries = Object.entries(value)
    .filter(([, inner]) => inner !== undefined)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, inner]) => `${JSON.stringify(key)}:${canonical(inner)}`);
  return `{${entries.join(',')}}`;
}
