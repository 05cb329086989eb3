import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

// Writes what PostgreSQL and libpq say in other languages, from the message catalogues of the installed
// packages. MariaDB's and MySQL's are not read: their licence does not allow to copy them here, and
// their messages carry a number in every language.
const root = fileURLToPath(new URL('../', import.meta.url));
const LOCALES = '/usr/share/locale';

/** What the messages mean, as they are in English. */
const MEANT = {
  'auth-failure': [
    /^(?:GSSAPI|Ident|LDAP|PAM|Peer|password|certificate) authentication failed for user "%s"$/,
    /^(?:no pg_hba\.conf entry for|pg_hba\.conf rejects) .*(?:host|connection)/,
    /^(?:role|database) "%s" does not exist$/,
    /^role "%s" is not permitted to log in$/,
    /^permission denied for database %s$/,
    /^database "%s" is not currently accepting connections$/,
  ],
  'too-many-connections': [
    /^sorry, too many clients already$/,
    /^too many connections for (?:role|database) "%s"$/,
    /^remaining connection slots are reserved/,
  ],
  'server-not-ready': [/^the database system is (?:starting|shutting|in recovery|not )/],
  'stale-connection': [
    /^terminating connection (?:because of crash|due to (?:administrator|conflict|idle-session|immediate|unexpected))/,
    /^server closed the connection unexpectedly/,
    /^SSL connection has been closed unexpectedly/,
    /^SSL SYSCALL error: EOF detected/,
  ],
  'connection-leak': [/^terminating connection due to idle-in-transaction timeout$/],
  'query-timeout': [/^canceling statement due to statement timeout$/],
  'lock-contention': [/^canceling statement due to lock timeout$/, /^deadlock detected$/],
  'failover-read-only': [
    /^cannot execute %s (?:in a read-only transaction|during recovery)$/,
    /^session is read-only/,
  ],
  migration: [
    /^(?:relation|column) "%s" does not exist$/,
    /^column "%s" of relation "%s" does not exist$/,
  ],
  'dns-failure': [/^could not translate host name "%s" to address/],
  'tls-failure': [
    /^server does not support SSL, but SSL was required/,
    /^server certificate for "%s" does not match host name "%s"/,
  ],
};

/** Per category and English message, what it is in the other languages. */
const found = new Map(Object.keys(MEANT).map((category) => [category, new Map()]));
for (const language of readdirSync(LOCALES).toSorted())
  for (const program of ['postgres-15', 'libpq5-15']) {
    const path = join(LOCALES, language, 'LC_MESSAGES', `${program}.mo`);
    if (existsSync(path)) collect(messagesOf(readFileSync(path)));
  }
writeFileSync(join(root, 'src/match/signatures/catalogues.ts'), source());

function collect(messages) {
  for (const [english, text] of messages)
    for (const [category, patterns] of Object.entries(MEANT)) {
      const phrase = phraseOf(text);
      if (
        patterns.some((it) => it.test(english)) &&
        phrase !== phraseOf(english) &&
        isTelling(phrase)
      )
        found
          .get(category)
          .set(english, (found.get(category).get(english) ?? new Set()).add(phrase));
    }
}

/** Returns the pairs of a catalogue of GNU gettext. */
function messagesOf(file) {
  const [count, originals, translations] = [8, 12, 16].map((at) => file.readUInt32LE(at));
  const textAt = (table, index) => {
    const length = file.readUInt32LE(table + 8 * index);
    const start = file.readUInt32LE(table + 8 * index + 4);
    return file.toString('utf8', start, start + length);
  };
  return Array.from({ length: count }, (_, index) => [
    textAt(originals, index),
    textAt(translations, index),
  ]);
}

/** Returns the first line of a message as a signature writes it. */
function phraseOf(text) {
  return text
    .trim()
    .replace(/\n.*/s, '')
    .replace(/["'`«»“”„‘’‚‹›]+/g, '"')
    .replace(/"\s*%(?:\d\$)?[a-z]+\s*"/g, '"… ')
    .replace(/%(?:\d\$)?[a-z]+/g, ' … ')
    .replace(/ {2,}/g, ' ')
    .replace(/^[\s"…]+|[\s"…,:]+$/g, '')
    .toLowerCase();
}

/** Tells whether a phrase has a part long enough to be nothing else. */
function isTelling(phrase) {
  const longest = Math.max(...phrase.split('…').map((it) => it.trim().length));
  return longest >= (/[\u3040-\u9fff\uac00-\ud7af]/.test(phrase) ? 5 : 10);
}

function source() {
  const groups = [...found].map(([category, phrases]) => {
    const needs = category === 'migration' ? ", { needs: 'not-foreign' }" : '';
    return `  means('${category}'${needs})\`\n${[...phrases.values()].map((it) => `    ${[...it].join(' | ')}`).join('\n')}\n  \`,\n`;
  });
  return `import { means, type Signature } from '../signature.ts';

/**
 * Messages of PostgreSQL and libpq in other languages, from their message catalogues (PostgreSQL
 * Licence). Written by bin/catalogues.js.
 */
export const CATALOGUES: readonly Signature[] = [
${groups.join('')}];
`;
}
