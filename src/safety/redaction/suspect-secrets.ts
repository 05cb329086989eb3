import { NO_VALUE, type SecretShape, TOKENS } from '#text/secret-shapes.ts';

/** A value that looks like a secret and was not masked. */
export type Suspect = {
  /** The rule that found it. */
  readonly rule: string;
  /** Its start: enough to find it and too little to use it. */
  readonly looksLike: string;
  /** The offset in the text (0-based, in UTF-16 code units), and the length. */
  readonly at: number;
  readonly length: number;
  /** The value with its context, e.g. `password: …`. */
  readonly found: string;
};

/** The group `secret` is the value. Each pattern takes time linear in the text. */
const RULES: readonly SecretShape[] = [
  {
    name: 'private key',
    pattern: /-----BEGIN (?<secret>[A-Z ]{0,30}PRIVATE KEY)-----(?!(?:\s|\\+n){0,8}‹)/g,
  },
  ...TOKENS,
  {
    name: 'password in a connection string',
    pattern: /\b[a-z][a-z0-9+.-]{1,23}:\/\/[^\s:/@"'`]{0,64}:(?<secret>[^\s@/"'`‹]{1,256})@/gi,
  },
  {
    name: 'value of a secret name',
    pattern:
      /(?<!‹)(?:password|passwd|secret|api[_-]?key|access[_-]?key|auth[_-]?token)["']?\s{0,3}[=:]\s{0,3}["']?(?<secret>[^\s"'`,;‹)}\]]{6,256})/gi,
  },
  { name: 'bearer token', pattern: /\bbearer\s{1,3}(?<secret>[\w.~+/-]{16,2048}=*)/gi },
];

/** A sentence that continues where a value would end: `the older secret: restart what has it`. */
const PROSE = /^[a-z]+$/;
const GOES_ON = /^[,.]? \w+(?![\w:=])/;
const WORD_BEFORE = /[a-z] $/i;

/** Returns the values that look like secrets in a text, in order, without masked ones. */
export function suspectSecrets(text: string): readonly Suspect[] {
  return RULES.flatMap(({ name, pattern }) =>
    Array.from(text.matchAll(pattern), (match) => suspectOf(name, match)),
  )
    .filter((suspect) => suspect !== undefined)
    .toSorted((a, b) => a.at - b.at)
    .filter(({ at }, index, all) => at >= endOf(all[index - 1]));
}

function suspectOf(rule: string, match: RegExpExecArray): Suspect | undefined {
  const secret = match.groups?.secret ?? '';
  if (secret.includes('‹secret:') || NO_VALUE.test(secret)) return undefined;
  if (isProse(secret, match)) return undefined;
  const shown = secret.slice(0, Math.min(4, Math.floor(secret.length / 3)));
  return {
    rule,
    looksLike: `${shown}…`,
    at: match.index + match[0].lastIndexOf(secret),
    length: secret.length,
    found: match[0],
  };
}

function isProse(secret: string, { 0: found, index, input }: RegExpExecArray): boolean {
  const end = index + found.length;
  return (
    PROSE.test(secret) &&
    found.endsWith(`: ${secret}`) &&
    WORD_BEFORE.test(input.slice(Math.max(0, index - 2), index)) &&
    GOES_ON.test(input.slice(end, end + 32))
  );
}

function endOf(suspect: Suspect | undefined): number {
  return suspect === undefined ? 0 : suspect.at + suspect.length;
}
