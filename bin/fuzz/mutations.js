/** Texts that mean something somewhere in a runbook, or to YAML, CEL, SQL or a shell. */
const PIECES = [
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

/** Returns numbers from 0 up to, not including, what is asked for: the same ones for the same seed. */
export function randomFrom(seed) {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * below);
  };
}

/** Returns a text with one to four changes to its letters, lines, words or YAML nodes. */
export function mutated(text, others, random) {
  let result = text;
  for (let left = 1 + random(4); left > 0; left -= 1)
    result = pick(CHANGES, random)(result, others, random);
  return result;
}

function pick(list, random) {
  return list[random(list.length)];
}

function cut(text, from, to, put) {
  return text.slice(0, from) + put + text.slice(to);
}

function letter(text, _, random) {
  const at = random(text.length + 1);
  const put = [String.fromCharCode(random(256)), String.fromCodePoint(random(0xd800)), ''];
  return cut(text, at, at + random(3), pick(put, random));
}

function piece(text, _, random) {
  const at = random(text.length + 1);
  return cut(text, at, at + pick([0, 0, 1, 5, 40], random), pick(PIECES, random));
}

function stretch(text, _, random) {
  const at = random(text.length);
  return cut(text, at, at + random(2_000), '');
}

function lines(text, _, random) {
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
  all.splice(pick([at, random(all.length + 1)], random), 0, ...pick(ways, random)());
  return all.join('\n');
}

const WORD = /[\w.-]+|[^\s\w]+/g;

function word(text, others, random) {
  const words = [...text.matchAll(WORD)];
  if (words.length === 0) return text;
  const { index, 0: old } = pick(words, random);
  const from = pick([text, pick(others, random)], random);
  const put = pick(from.match(WORD) ?? [''], random);
  return cut(text, index, index + old.length, put);
}

/** The lines of one key and all that is indented under it. */
function node(text, random) {
  const all = text.split('\n');
  const keys = all.flatMap((line, at) => (/^\s*(?:- )?[\w-]+:/.test(line) ? [at] : []));
  if (keys.length === 0) return undefined;
  const at = pick(keys, random);
  const depth = all[at].search(/\S/);
  let end = at + 1;
  while (end < all.length && (all[end].trim() === '' || all[end].search(/\S/) > depth)) end += 1;
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

function value(text, _, random) {
  const found = node(text, random);
  if (found === undefined) return text;
  const { all, at, end } = found;
  const key = /^\s*(?:- )?[\w-]+:/.exec(all[at])[0];
  all.splice(at, end - at, `${key} ${pick(VALUES, random)}`);
  return all.join('\n');
}

function transplant(text, others, random) {
  const found = node(text, random);
  const given = node(pick([text, pick(others, random)], random), random);
  if (found === undefined || given === undefined) return text;
  const { all, at, end, depth } = found;
  const moved = given.all
    .slice(given.at, given.end)
    .map((line) => (line.trim() === '' ? line : ' '.repeat(depth) + line.slice(given.depth)));
  all.splice(at, pick([0, end - at], random), ...moved);
  return all.join('\n');
}

function repeated(text, _, random) {
  const found = node(text, random);
  if (found === undefined) return text;
  const { all, at, end } = found;
  const block = all.slice(at, end);
  all.splice(end, 0, ...Array.from({ length: 1 + random(30) }, () => block).flat());
  return all.join('\n');
}

const CHANGES = [
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
