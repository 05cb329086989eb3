import type { Category } from './category.ts';
import { bareMessage } from './message.ts';
import { MYSQL_HINTS, MYSQL_NUMBERS } from './mysql-numbers.ts';
import { LONGEST_GAP, type Need, type Signature, WEIGHT } from './signature.ts';
import { CATALOGUES } from './signatures/catalogues.ts';
import { CLIENTS } from './signatures/clients.ts';
import { ENCRYPTION } from './signatures/encryption.ts';
import { MIGRATIONS } from './signatures/migrations.ts';
import { MYSQL } from './signatures/mysql.ts';
import { MYSQL_SERVICE } from './signatures/mysql-service.ts';
import { NETWORK } from './signatures/network.ts';
import { POOLERS } from './signatures/poolers.ts';
import { POOLS } from './signatures/pools.ts';
import { POSTGRES } from './signatures/postgres.ts';
import { POSTGRES_SERVICE } from './signatures/postgres-service.ts';
import { PROXIES } from './signatures/proxies.ts';
import { SETTINGS } from './signatures/settings.ts';
import { TRANSLATED } from './signatures/translated.ts';
import { type CodeMeaning, SQLSTATES } from './sqlstates.ts';

/** A text of a signature, compiled for matching. */
export type Phrase = {
  /** The text as it is shown. */
  readonly named: string;
  /** The longest part. Without it, the phrase does not match. */
  readonly anchor: string;
  readonly parts: readonly string[];
  /** The part of the message the phrase has to match: any, the start, the end or all of it. */
  readonly anchored: 'none' | 'start' | 'end' | 'whole';
  readonly category: Category;
  readonly also: readonly Category[];
  readonly weight: number;
  readonly needs: Need;
};

const SIGNATURES = [
  NETWORK,
  ENCRYPTION,
  POSTGRES,
  POSTGRES_SERVICE,
  MYSQL,
  MYSQL_SERVICE,
  POOLS,
  POOLERS,
  PROXIES,
  CLIENTS,
  SETTINGS,
  MIGRATIONS,
  TRANSLATED,
  CATALOGUES,
].flat();

/** Returns every phrase to match: the texts of the signatures, and the names of error codes. */
export function compileSignatures(): readonly Phrase[] {
  return [...SIGNATURES, ...codeNames()].flatMap((signature) =>
    signature.says.map((says) => phraseOf(says, signature)),
  );
}

function phraseOf(says: string, signature: Signature): Phrase {
  const start = says.startsWith('^');
  const end = says.endsWith('$');
  const parts = says
    .slice(start ? 1 : 0, end ? -1 : undefined)
    .split('…')
    .filter((part) => part.trim() !== '');
  const trimmed = parts.length === 1 ? parts : parts.map((part) => part.trim());
  return {
    named: `"${says
      .replace(/^\^|\$$/g, '')
      .replace(/(?<=[a-z])"(?=[a-z])/g, "'")
      .trim()}"`,
    anchor: trimmed.reduce((a, b) => (b.length > a.length ? b : a)),
    parts: trimmed,
    anchored: start && end ? 'whole' : start ? 'start' : end ? 'end' : 'none',
    category: signature.category,
    also: signature.also ?? [],
    weight: signature.weight ?? WEIGHT.reason,
    needs: signature.needs ?? 'nothing',
  };
}

/**
 * Returns signatures for the names of codes as drivers write them: `too_many_connections`,
 * `TooManyConnections` or `ER_CON_COUNT_ERROR`.
 */
function codeNames(): readonly Signature[] {
  const named = [
    ...Object.values(SQLSTATES).map((it) => nameOf(it, WEIGHT.code)),
    ...Object.values(MYSQL_NUMBERS).map((it) => nameOf(it, WEIGHT.code)),
    ...Object.values(MYSQL_HINTS).map((it) => nameOf(it, WEIGHT.hint)),
  ];
  return named.filter((it) => it.says.length > 0);
}

function nameOf({ name, category, also = [] }: CodeMeaning, weight: number): Signature {
  const joined = name.replaceAll('_', '');
  const says =
    name === '' ? [] : name.startsWith('er_') || name.startsWith('cr_') ? [name] : [name, joined];
  return { category, also, weight, says, needs: 'not-foreign' };
}

/**
 * Returns whether a phrase occurs in a folded text, given the first and last offset of its anchor:
 * all its parts in order, at the required position of the message.
 */
export function occurs(
  { parts, anchored }: Phrase,
  text: string,
  first: number,
  last: number,
): boolean {
  if (anchored !== 'none') {
    const message = bareMessage(text);
    const whole = parts[0] ?? '';
    if (anchored === 'whole') return message === whole;
    return anchored === 'start' ? message.startsWith(whole) : message.endsWith(whole);
  }
  if (parts.length === 1) return true;
  return inOrder(text, parts, first) || (last !== first && inOrder(text, parts, last));
}

/**
 * Finds the parts in order. The first must start before an offset, and no further from it than the
 * gaps allow.
 */
function inOrder(text: string, parts: readonly string[], near: number): boolean {
  const longest = parts.reduce((sum, part) => sum + part.length + LONGEST_GAP, 0);
  const first = parts[0] ?? '';
  let start = text.indexOf(first, Math.max(0, near - longest));
  while (start !== -1 && start <= near) {
    if (follows(text, parts, start + first.length)) return true;
    start = text.indexOf(first, start + 1);
  }
  return false;
}

function follows(text: string, parts: readonly string[], from: number): boolean {
  let end = from;
  for (const part of parts.slice(1)) {
    const at = text.indexOf(part, end);
    if (at === -1 || at - end > LONGEST_GAP) return false;
    end = at + part.length;
  }
  return true;
}

/** Returns whether a phrase is the message of a folded text rather than a part of it. */
export function isMessage({ parts, weight }: Phrase, text: string): boolean {
  const message = bareMessage(text);
  const start = parts[0] ?? '';
  if (!message.startsWith(start)) return false;
  return weight === WEIGHT.tls || message.length <= start.length + 1;
}
