import { words } from '#text/words.ts';
import { type Reason, unsure } from '../../report.ts';
import { type FlagSpec, type Flags, readFlags } from '../flags.ts';
import type { Judge } from '../judging.ts';
import { isUnsafePath } from '../paths.ts';
import type { Word } from '../words.ts';

/**
 * Parameters of libpq that say where and as whom. Of the others, `options` and `service` set
 * anything, `client_encoding` and `replication` change how a text is read, `sslkeylogfile` writes a
 * file, and `sslkey` may load an engine.
 */
const PARAMETERS: ReadonlySet<string> = new Set(
  words(`host hostaddr port dbname user password passfile application_name fallback_application_name
  connect_timeout tcp_user_timeout keepalives keepalives_idle keepalives_interval keepalives_count
  target_session_attrs load_balance_hosts require_auth channel_binding requirepeer gssencmode
  sslmode sslnegotiation sslrootcert sslcert sslcrl sslcrldir sslsni sslcompression
  ssl_min_protocol_version ssl_max_protocol_version`),
);

/** `name = value` in PostgreSQL's notation; a value in quotes may contain blanks. */
const SETTING = /\s*(\w+)\s*=\s*('(?:[^'\\]|\\.)*'|[^\s'\\]*)(?=\s|$)/gy;

/** Returns a judge for a client of PostgreSQL that runs no statements. */
export const connecting =
  (spec: FlagSpec): Judge =>
  (call) => {
    const { given, operands, reasons } = readFlags(call, spec);
    return [...reasons, ...judgeConnections(given, operands)];
  };

/** Judges the words of a PostgreSQL client that may be connection texts. */
export function judgeConnections(
  given: Flags['given'],
  operands: readonly Word[],
): readonly Reason[] {
  const values = given.flatMap(({ flag, value }) => (ADDRESS.test(flag) ? (value ?? []) : []));
  return [...operands, ...values]
    .filter(({ outline, count }) => count !== 'one' || !isOnlyAddress(outline))
    .map(({ span }) => unsure('this connection text sets more than an address', span));
}

const ADDRESS = /^(?:-[dhpU]|--(?:dbname|host|port|username))$/;

function isOnlyAddress(text: string): boolean {
  // A line break may end a command of the server.
  if (text.includes('\n')) return false;
  const isUrl = /^postgres(?:ql)?:\/\//i.test(text);
  if (!isUrl && !text.includes('=')) return true;
  const settings = isUrl ? urlSettings(text) : textSettings(text);
  return settings.every(([name, value]) => PARAMETERS.has(name) && !isUnsafePath(value));
}

/** In a URL a name may be encoded; it is then not one of {@link PARAMETERS}. */
function urlSettings(url: string): readonly (readonly [string, string])[] {
  const at = url.indexOf('?');
  if (at === -1) return [];
  return url
    .slice(at + 1)
    .split('&')
    .map((one) => [
      one.split('=')[0] ?? '',
      one.slice(one.indexOf('=') + 1).replaceAll(/%2f/gi, '/'),
    ]);
}

function textSettings(text: string): readonly (readonly [string, string])[] {
  const found = [...text.trimEnd().matchAll(SETTING)];
  const length = found.reduce((sum, [all]) => sum + all.length, 0);
  const rest = text.trimEnd().slice(length);
  return [
    ...found.map(([, name = '', value = '']) => [name, value.replaceAll(/['\\]/g, '')] as const),
    ...(rest === '' ? [] : [[rest, ''] as const]),
  ];
}
