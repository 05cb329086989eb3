import { NO_VALUE, TOKENS } from '#text/secret-shapes.ts';
import { decodePercent, findUrlPasswords } from '#text/url.ts';
import type { Diagnostic } from '../diagnostic.ts';
import { nodeAt } from '../yaml/document.ts';
import { type LocatedNode, type LocatedScalar, readYaml } from '../yaml/located.ts';
import { partsOf, type Source, type Span } from '../yaml/source.ts';
import { isSentence, type Located, textsIn } from './text-warnings.ts';

/** A secret that is written in the text of a runbook. */
export type LiteralSecret = {
  /** The name of its mask, e.g. `literal.PGPASSWORD`. */
  readonly name: string;
  /** The texts to mask; empty for a short or ordinary password, which is masked in its URL only. */
  readonly values: readonly string[];
  readonly span: Span;
};

/** The least length of a secret outside a URL: a shorter word is often not one. */
const SHORTEST = 6;

const WORD =
  '(?:password|passwd|passphrase|(?<![a-z])pass|(?<![a-z])pwd|secret|token|(?:api|access|private)[_-]?key|rediscli_auth)';
const NAMED = String.raw`(?<![\w.$-]|\$\{)(?<name>[\w.-]{0,40}?${WORD})`;
const QUOTED = String.raw`(?<quote>\\{0,4}["'])(?<secret>[^"'\s]{1,256}?)\k<quote>`;
const BARE = String.raw`(?<secret>[a-z0-9!^+_][\w!@#%^+=:,.~/?-]{5,255})(?=[\s"'&;),|<>${'`'}\\]|$)`;

/** The text before a value that says it is a secret; the group `name` is what it is called. */
const BEFORE = {
  /** `PGPASSWORD=…`, `--password=…`, `?password=…` */
  assigned: `${NAMED}=`,
  /** `"password": "…"`, `password = '…'`, `password => '…'` */
  keyed: String.raw`${NAMED}(?:\\{0,4}["'])?(?:\s{0,3}=>?|:)\s{0,3}`,
  /** `--password …` */
  flag: String.raw`(?<![\w-])--(?<name>[\w-]{0,40}?(?:passw(?:or)?d|pass|passphrase|token|-secret|(?:api|access|secret)-?key))[ \t]{1,3}`,
  /** `mysql -u app -p…` */
  client: String.raw`\b(?<name>(?:mysql|mariadb)[\w-]{0,20})(?=\s)[^|;&\n]{0,200}?\s-p`,
  /** `sshpass -p …`, `redis-cli -a …` */
  other: String.raw`\b(?<name>sshpass[ \t]{1,3}-p|redis-cli(?=\s)[^|;&\n]{0,200}?\s-a)[ \t]{0,3}`,
  /** `curl -u user:…` */
  user: String.raw`\bcurl(?=\s)[^|;&\n]{0,400}?\s(?:-u|--user)[ =]?["']?[^\s:"'$]{1,64}:`,
  /** `PASSWORD '…'`, `IDENTIFIED BY '…'`, `PASSWORD('…')`, `SET PASSWORD FOR app = '…'` */
  sql: String.raw`\b(?:identified\s{1,4}(?:with\s{1,4}\S{1,40}\s{1,4})?(?:by|as)\s{1,4}|password(?:\s{1,4}e?|\s{0,4}\(\s{0,4})|set\s{1,4}password\s{1,4}for\s{1,4}\S{1,80}\s{0,4}=\s{0,4})`,
  /** `Authorization: Bearer …` */
  header: String.raw`\b(?<name>authorization)(?:\\{0,4}["'])?\s{0,2}[:=]\s{0,3}(?:\\{0,4}["'])?(?:bearer|basic|token|digest)\s{1,3}`,
};

const after = (before: string, value: string): RegExp => new RegExp(before + value, 'gi');

const RULES: readonly RegExp[] = [
  after(BEFORE.assigned, BARE),
  after(BEFORE.keyed, QUOTED),
  ...[BEFORE.client, BEFORE.other].flatMap((before) => [
    after(before, QUOTED),
    after(before, BARE),
  ]),
  after(BEFORE.user, BARE),
  after(BEFORE.sql, QUOTED),
  after(BEFORE.header, BARE),
  // A token has a digit; words that follow "bearer" in a sentence do not.
  /\b(?<name>bearer)\s{1,3}(?<secret>(?=[a-z.~+/_-]{0,256}\d)[\w.~+/-]{16,2048}=*)/gi,
];

/** Rules that hold only in code: a sentence says `--password asks for it`. */
const IN_CODE: readonly RegExp[] = [
  ...[QUOTED, BARE].map((value) => after(BEFORE.flag, value)),
  // A line of YAML or a header of curl: `password: …`, `"X-Api-Key: …"`.
  new RegExp(
    String.raw`(?:^|["'])[ \t-]{0,40}(?<name>[\w.-]{0,40}?${WORD}):[ \t]{1,3}(?<secret>(?=[^\d\s]{0,256}\d)[\w!@#%^+=:,.~/?-]{6,256})(?=["']|[ \t]*$)`,
    'gim',
  ),
];

const KEY = new RegExp(`(?:^|[\\w.-])${WORD}$|^${WORD}$|^authorization$`, 'i');
const SCHEME = /^(?:bearer|basic|token|digest)\s+/i;
const PRIVATE_KEY =
  /-----BEGIN [A-Z ]{0,30}PRIVATE KEY-----(?<secret>[\w+/=\s\\:,.-]{16,20000}?)-----END/g;

/** The signs of all rules, for speed: most texts have none. */
const HINT =
  /:\/\/|pass|pwd|secret|token|key|auth|bearer|identified|mysql|mariadb|redis-cli|curl|AKIA|ASIA|gh[opsur]_|glpat-|xox|_live_|AIza|eyJ/i;

/** Texts in place of a value: in documentation, in another language, or by its name. */
const STANDS_FOR =
  /^(?:[\W_]+|(?:my|your|the|new|old|some|db|app|user|root|admin)?[\s_-]?(?:password|passwd|passphrase|pass|pwd|pw|secret|token|key)(?:[\s_-]here)?|redacted|hidden|masked|(?:env|file|command):.*)$/i;
/** The name of a variable or a field: `DB_PASSWORD`, `settings.password`. */
const BY_NAME =
  /^(?:[A-Z\d]+_)*(?:PASSWORD|PASSWD|PASS|SECRET|TOKEN|KEY)$|^[a-z_]\w*(?:\.\w+)*\.\w*(?:pass\w*|secret|token|key)$/;
const FILLED = /\$[{(]|@\{|\{\{|`|‹|%[sv]/;
/** A text that is put together: `'password=' + it + '…'`. */
const JOINED = /^[+.|,)&]|[+|,(&]$/;

function isValue(text: string): boolean {
  return ![NO_VALUE, STANDS_FOR, BY_NAME, FILLED, JOINED].some((other) => other.test(text));
}

/** `SECRET: shop-database` names a secret; a secret itself has a digit, unless it is a password. */
function isNamed(text: string, name: string): boolean {
  return !/\d/.test(text) && /(?:secret|token|key)$/i.test(name);
}

/** Returns the secrets in the texts of a document, each once, in order. */
export function literalSecrets(root: LocatedNode): readonly LiteralSecret[] {
  const found = textsIn(root, []).flatMap((located) => secretsIn(located, root));
  const sorted = found.toSorted((a, b) => a.span.start - b.span.start || b.span.end - a.span.end);
  let end = -1;
  return sorted.filter(({ span }) => {
    const isFirst = span.start >= end;
    end = Math.max(end, span.end);
    return isFirst;
  });
}

/** Returns the secrets in every file of a source; none in a file that is not YAML. */
export function literalsOf(source: Source): readonly LiteralSecret[] {
  return partsOf(source).flatMap((part) => {
    const { node } = readYaml(source, part);
    return node === undefined ? [] : literalSecrets(node);
  });
}

/** Returns the keys and tokens in a document whose other values are invented, such as test cases. */
export function knownTokens(root: LocatedNode): readonly LiteralSecret[] {
  return textsIn(root, []).flatMap(({ scalar }) => tokensIn(scalar));
}

/** Returns the warnings about secrets. */
export function literalWarnings(found: readonly LiteralSecret[]): readonly Diagnostic[] {
  return found.map(({ name, span }) => ({
    severity: 'warning',
    code: 'literal-secret',
    message: `a secret is written here (${name.replace(/^literal\./, '')}), for everyone who can read this file`,
    span,
    hint: 'use a secret input: ${{ inputs.NAME }}; its value comes from env:, file: or command:',
  }));
}

function secretsIn(located: Located, root: LocatedNode): readonly LiteralSecret[] {
  const { scalar, path } = located;
  const { text } = scalar;
  const byKey = secretOfKey(located, root);
  if (byKey !== undefined) return [byKey];
  if (!HINT.test(text)) return [];
  const rules = isSentence(path) ? RULES : [...RULES, ...IN_CODE];
  const named = rules.flatMap((rule) =>
    [...text.matchAll(rule)].flatMap((match) => secretOfRule(scalar, match)),
  );
  return [...tokensIn(scalar), ...urlPasswords(scalar), ...named];
}

/** Returns the value of a key such as `DB_PASSWORD`, and the default of an input that is secret. */
function secretOfKey({ scalar, path }: Located, root: LocatedNode): LiteralSecret | undefined {
  const [first = ''] = path;
  const isInput = first === 'inputs' && path.length === 3 && path[2] === 'default';
  const key = (isInput ? path[1] : path.at(-1)) ?? '';
  const secret = nodeAt(root, [first, key, 'secret']);
  const isSecret = isInput && secret?.kind === 'scalar' && secret.value === true;
  if (!isSecret && (!KEY.test(key) || isNamed(scalar.text, key))) return undefined;
  // Expressions, and what an input is: no values.
  if (['values', 'outputs'].includes(first) || (first === 'inputs' && !isInput)) return undefined;
  const start = SCHEME.exec(scalar.text)?.[0].length ?? 0;
  const value = scalar.text.slice(start).trimEnd();
  if (value.length < SHORTEST || /\s|:\/\//.test(value) || !isValue(value)) return undefined;
  return secretAt(scalar, start, value, key);
}

function secretOfRule(scalar: LocatedScalar, match: RegExpExecArray): readonly LiteralSecret[] {
  const { name = 'password', secret = '', quote } = match.groups ?? {};
  const value = quote === undefined ? secret.replace(/[.,:;]+$/, '') : secret;
  if (value.length < SHORTEST || !isValue(value) || isNamed(value, name)) return [];
  if (quote?.endsWith('"') && /\$\w/.test(value)) return [];
  if (match[0].startsWith('--') && isAsked(scalar.text, match.index)) return [];
  const at = match.index + match[0].lastIndexOf(secret);
  return [secretAt(scalar, at, value, /^-*([\w.-]+)/.exec(name)?.[1] ?? name)];
}

/** For these clients, what follows `--password` after a space is something else. */
function isAsked(text: string, at: number): boolean {
  const command = text.slice(Math.max(0, at - 200), at);
  const isSpaced = /^--[\w-]+\s/.test(text.slice(at, at + 64));
  return isSpaced && /\b(?:psql|pg_\w+|\w+db|mysql[\w-]*|mariadb[\w-]*)\s[^|;&\n]*$/.test(command);
}

function tokensIn(scalar: LocatedScalar): readonly LiteralSecret[] {
  const tokens = TOKENS.flatMap(({ name, pattern }) =>
    [...scalar.text.matchAll(pattern)].map(({ 0: value, index }) =>
      secretAt(scalar, index, value, name.toLowerCase().replaceAll(' ', '-')),
    ),
  );
  return [...privateKeys(scalar), ...tokens];
}

/** The lines of a key are masked one by one: how they are wrapped differs from place to place. */
function privateKeys(scalar: LocatedScalar): readonly LiteralSecret[] {
  return [...scalar.text.matchAll(PRIVATE_KEY)].flatMap((match) => {
    const { secret = '' } = match.groups ?? {};
    const lines = secret.split(/\s+|\\+n/).filter((line) => line.length >= 16);
    if (lines.length === 0) return [];
    const key = secret.trim();
    const at = match.index + match[0].indexOf(key);
    return [{ ...secretAt(scalar, at, key, 'private-key'), values: lines }];
  });
}

function urlPasswords(scalar: LocatedScalar): readonly LiteralSecret[] {
  const { text } = scalar;
  return findUrlPasswords(text).flatMap(({ start, end }) => {
    const password = text.slice(start, end);
    if (!isValue(password)) return [];
    const around =
      (/\S{0,200}$/.exec(text.slice(0, start))?.[0] ?? '') +
      /^\S*/.exec(text.slice(end, end + 200));
    const isOrdinary = password.length < SHORTEST || around.includes(password);
    const values = isOrdinary ? [] : [...new Set([password, decodePercent(password)])];
    return [{ ...secretAt(scalar, start, password, ''), name: 'url-password', values }];
  });
}

function secretAt(scalar: LocatedScalar, at: number, value: string, name: string): LiteralSecret {
  const start = scalar.offsets(at);
  const span = { start, end: Math.max(start, scalar.offsets(at + value.length - 1)) + 1 };
  return { name: `literal.${name}`, values: [value], span };
}
