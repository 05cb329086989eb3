import { byWord } from '#text/words.ts';
import type { KnownEffect } from '../known-effects.ts';
import type { Token } from './tokens.ts';

type Words = readonly string[];

const change = (text: string): KnownEffect => ({ effect: 'change', text });
const destructive = (text: string): KnownEffect => ({ effect: 'destructive', text });

const BY_VERB: Readonly<Record<string, (words: Words) => KnownEffect>> = {
  DELETE: () => destructive('DELETE removes rows'),
  DROP: () => destructive('DROP removes what it names'),
  TRUNCATE: (words) =>
    words.includes('PERFORMANCE_SCHEMA')
      ? change('TRUNCATE resets statistics')
      : destructive('TRUNCATE removes all rows'),
  PURGE: () => destructive('PURGE deletes binary logs'),
  SHUTDOWN: () => destructive('SHUTDOWN stops the server'),
  RESTART: () => destructive('RESTART stops the server'),
  KILL: (words) =>
    words.includes('QUERY')
      ? change('KILL QUERY cancels a statement of another session')
      : destructive('KILL ends a session'),
  RESET: (words) =>
    words.some((word) => /^(?:MASTER|REPLICA|SLAVE|BINARY)$/.test(word))
      ? destructive('RESET forgets replication or binary logs')
      : change('RESET changes the server'),
  FLUSH: (words) =>
    words.includes('LOCK') || words.includes('EXPORT')
      ? destructive('FLUSH … WITH READ LOCK stops all writes')
      : change('FLUSH changes the state of the server'),
  ALTER: (words) =>
    words.some((word) => /^(?:DROP|TRUNCATE|DISCARD)$/.test(word))
      ? destructive('ALTER … DROP removes what it names')
      : change('ALTER changes what it names'),
  CREATE: (words) =>
    words.includes('REPLACE') && words.slice(0, 5).includes('TABLE')
      ? destructive('CREATE OR REPLACE TABLE drops the table first')
      : change('CREATE adds something'),
  SET: (words) => {
    if (words.some((word) => /(?:^|\.)OFFLINE_MODE$/.test(word)))
      return destructive('SET offline_mode ends the sessions of all but administrators');
    return words.some((word) => /^(?:GLOBAL|PERSIST|PERSIST_ONLY|PASSWORD)\b/.test(word))
      ? change('SET changes the whole server')
      : change('SET changes the session');
  },
  STOP: () => change('STOP stops replication'),
  START: (words) =>
    words.includes('TRANSACTION')
      ? change('this controls the transaction')
      : change('START starts replication'),
};

const CHANGING: Readonly<Record<string, string>> = {
  INSERT: 'INSERT adds rows',
  UPDATE: 'UPDATE changes rows',
  REPLACE: 'REPLACE changes rows',
  LOAD: 'LOAD adds rows',
  IMPORT: 'IMPORT adds a table',
  'GRANT REVOKE': 'this changes who may do what',
  RENAME: 'RENAME renames what it names',
  'LOCK UNLOCK': 'this locks or unlocks tables',
  'OPTIMIZE REPAIR CACHE': 'this rewrites a table',
  'CHANGE CLONE': 'this changes replication',
  'INSTALL UNINSTALL': 'this changes what the server can do',
  'BEGIN COMMIT ROLLBACK SAVEPOINT RELEASE XA': 'this controls the transaction',
  USE: 'USE changes the database of the session',
  BACKUP: 'BACKUP blocks some statements',
  BINLOG: 'BINLOG applies changes',
};

const EFFECTS: ReadonlyMap<string, (words: Words) => KnownEffect> = new Map([
  ...Object.entries(BY_VERB),
  ...Array.from(byWord(CHANGING), ([verb, text]) => [verb, () => change(text)] as const),
]);

/** Returns the known effect of a statement by its verb; undefined if unknown. */
export function effectOfStatement(verb: string, tokens: readonly Token[]): KnownEffect | undefined {
  return EFFECTS.get(verb)?.(tokens.map(({ text }) => text.replace(/^@@/, '').toUpperCase()));
}
