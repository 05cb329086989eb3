/** Texts that mean something somewhere in a runbook, or to YAML, CEL, SQL or a shell. */
export const PIECES: readonly string[] = [
  ...[
    '${{',
    '}}',
    '${{ inputs.x }}',
    '${{ 1 / 0 }}',
    "'",
    '"',
    ': ',
    '- ',
    '\n',
    '\t',
    '  ',
    '|',
    '>-',
  ],
  ...[
    '{',
    '}',
    '[',
    ']',
    '&a ',
    '*a',
    '!!set ',
    '#',
    '---\n',
    '...\n',
    '\\',
    '\0',
    '\u202e',
    '\ufeff',
  ],
  ...[
    '<<: ',
    '? ',
    '~',
    'null',
    'true',
    '-1',
    '1e999',
    '9999999999999999',
    '0x',
    '.inf',
    '2001-01-01',
  ],
  ...[
    '__proto__: ',
    'constructor: ',
    'goto: ',
    'if: ',
    'sql: ',
    'shell: ',
    'next: ',
    'undo: { sql: ',
  ],
  ...[
    'for_each: ',
    'parallel: ',
    'wait: { until: ',
    'probe: { tls: ',
    'runbook: ',
    'finish: { outcome: ',
  ],
  ...[
    'result.row.x',
    'matches("(a+)+$")',
    'all(a, a.all(b, b))',
    'steps.name.x',
    'has(',
    '&&',
    '? 1 :',
  ],
  ...[
    'SELECT',
    'UNION',
    "E'\\'",
    '$$',
    '/*',
    '*/',
    '--',
    ';',
    '$(',
    '`',
    '<<EOF\n',
    '((',
    '|&',
    'KILL 1',
  ],
  ...[
    '😀',
    'a\u0300',
    '\ud800',
    '\r',
    '\u2028',
    '\u007f',
    '10m',
    '-5s',
    '1h1h',
    'P1D',
    '99999999999d',
  ],
];

/** Returns a number from 0 up to, not including, what is asked for. */
type Random = (below: number) => number;
/** Changes a text, with parts of others. */
type Change = (text: string, others: readonly string[], random: Random) => string;

/** Returns numbers from 0 up to, not including, what is asked for: the same ones for the same seed. */
export function randomFrom(seed: number): Random {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * below);
  };
}

/** Returns a text with one to four changes to its letters, lines, words or YAML nodes. */
export function mutated(text: string, others: readonly string[], random: Random): string {
  let result = text;
  for (let left = 1 + random(4); left > 0; left -= 1)
    result = pick(CHANGES, random)?.(result, others, random) ?? result;
  return result;
}

function pick<T>(list: readonly T[], random: Random): T | undefined {
  return list[random(list.length)];
}

function cut(text: string, from: number, to: number, put: string): string {
  return text.slice(0, from) + put + text.slice(to);
}

function letter(text: string, _: readonly string[], random: Random): string {
  const at = random(text.length + 1);
  const put = [String.fromCharCode(random(256)), String.fromCodePoint(random(0xd800)), ''];
  return cut(text, at, at + random(3), pick(put, random) ?? '');
}

function piece(text: string, _: readonly string[], random: Random): string {
  const at = random(text.length + 1);
  return cut(text, at, at + (pick([0, 0, 1, 5, 40], random) ?? 0), pick(PIECES, random) ?? '');
}

function stretch(text: string, _: readonly string[], random: Random): string {
  const at = random(text.length);
  return cut(text, at, at + random(2_000), '');
}

function lines(text: string, _: readonly string[], random: Random): string {
  const all = text.split('\n');
  const at = random(all.length);
  const count = 1 + random(4);
  const taken = all.splice(at, count);
  const ways = [
    () => [],
    () => [...taken, ...taken],
    () => taken.map((line) => `  ${line}`),
    () => taken.map((line) => line.replace(/^ {1,2}/, '')),
    () => taken.toReversed(),
  ];
  const put = pick(ways, random)?.() ?? [];
  all.splice(pick([at, random(all.length + 1)], random) ?? at, 0, ...put);
  return all.join('\n');
}

const WORD = /[\w.-]+|[^\s\w]+/g;

function word(text: string, others: readonly string[], random: Random): string {
  const words = [...text.matchAll(WORD)];
  const found = pick(words, random);
  if (found === undefined) return text;
  const { index, 0: old } = found;
  const from = pick([text, pick(others, random)], random) ?? text;
  const put = pick(from.match(WORD) ?? [], random) ?? '';
  return cut(text, index, index + old.length, put);
}

/** Some lines of a text: from `at` up to, not including, `end`. */
type Node = {
  readonly all: string[];
  readonly at: number;
  readonly end: number;
  readonly depth: number;
};

/** The lines of one key and all that is indented under it. */
function node(text: string, random: Random): Node | undefined {
  const all = text.split('\n');
  const keys = all.flatMap((line, at) => (/^\s*(?:- )?[\w-]+:/.test(line) ? [at] : []));
  const at = pick(keys, random);
  if (at === undefined) return undefined;
  const depth = (all[at] ?? '').search(/\S/);
  const isInside = (line: string | undefined): boolean =>
    line !== undefined && (line.trim() === '' || line.search(/\S/) > depth);
  let end = at + 1;
  while (isInside(all[end])) end += 1;
  return { all, at, end, depth };
}

const VALUES = [
  ...['', 'null', '[]', '{}', '""', '0', '-1', 'true', '[[[[]]]]', '{ a: { b: { c: [1, 2] } } }'],
  ...[
    '"${{ inputs }}"',
    '"${{ [1, 2] }}"',
    '\'${{ "}}" }}\'',
    '[1, two, { three: 3 }]',
    '>\n  x',
    '|2\n x',
  ],
];

function value(text: string, _: readonly string[], random: Random): string {
  const found = node(text, random);
  if (found === undefined) return text;
  const { all, at, end } = found;
  const key = /^\s*(?:- )?[\w-]+:/.exec(all[at] ?? '')?.[0] ?? '';
  all.splice(at, end - at, `${key} ${pick(VALUES, random)}`);
  return all.join('\n');
}

function transplant(text: string, others: readonly string[], random: Random): string {
  const found = node(text, random);
  const given = node(pick([text, pick(others, random)], random) ?? text, random);
  if (found === undefined || given === undefined) return text;
  const { all, at, end, depth } = found;
  const moved = given.all
    .slice(given.at, given.end)
    .map((line) => (line.trim() === '' ? line : ' '.repeat(depth) + line.slice(given.depth)));
  all.splice(at, pick([0, end - at], random) ?? 0, ...moved);
  return all.join('\n');
}

function repeated(text: string, _: readonly string[], random: Random): string {
  const found = node(text, random);
  if (found === undefined) return text;
  const { all, at, end } = found;
  const block = all.slice(at, end);
  all.splice(end, 0, ...Array.from({ length: 1 + random(30) }, () => block).flat());
  return all.join('\n');
}

const CHANGES: readonly Change[] = [
  letter,
  piece,
  piece,
  stretch,
  lines,
  lines,
  word,
  word,
  value,
  transplant,
  repeated,
];
