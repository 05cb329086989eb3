import { expect, test } from 'vitest';
import { loadEffectParsers } from '#cli/library/effect-parsers.ts';
import { splicedPlaces } from '#safety/effects/shell/placeholders.ts';
import { placeholderAt } from '#safety/effects/template-language.ts';
import { unjudged } from '../../fixtures/compiled.ts';
import { actionOf, appliedAll, runbookOf } from '../../fixtures/effects/applied.ts';

const { shell } = await loadEffectParsers({ shell: true, postgres: false });
if (shell === undefined) throw new Error('there is no parser');
const parse = shell;

/** Judges a script in which each `@` is a placeholder. */
function placesIn(script: string): readonly (string | undefined)[] {
  const offsets: number[] = [];
  const masked = script.replaceAll('@', (_, at: number) => {
    offsets.push(at + offsets.length * 3);
    return "'xx'";
  });
  return splicedPlaces(masked, offsets, parse);
}

const AS_IT_IS = [
  ...['ls @', 'ls @ @', 'ls a@', 'ls @a', '@', '@ x', 'ls > @', 'cat < @', 'cat <<< @'],
  ...['for a in @ b; do ls; done', 'case @ in a) ls;; esac', 'case a in @) ls;; esac'],
  ...['x=@', 'x=a@', 'x=@y ls', 'x=(@)', '[ @ = a ]', '[ ! @ = a ]', '[ -n @ ]', '[ a@ = b ]'],
  ...['ls $(ls @)', 'if [ @ = a ]; then ls @; fi', 'ls; # x', 'bash script @', 'sh -e @'],
  ...['trap ls @', 'su @ -c ls', 'watch -n @ ls', 'ssh @ ls', 'ssh -p @ h ls', "bash -c 'ls' @"],
  ...['x ssh h', 'bashx -c @', 'ls @ && eval ls', 'su - @ -c ls', 'bash @ x-c', 'ls @ ssh'],
  ...['ls > a[1]@', '[ -n x ] && x=(@)', 'su a-c @ ls'],
  ...['ssh "$h" -p @ ls', 'sh @ x-c', 'bash @ "a -c"'],
  ...['`ls` @', 'ls `a`@'],
];

test.each(AS_IT_IS)('a value arrives as it is in: %s', (script) => {
  expect(new Set(placesIn(script))).toEqual(new Set(script.includes('@') ? [undefined] : []));
});

test.each([
  [
    'code',
    [
      'ssh h @',
      'su "-c$x" @ u',
      'ssh h ls @',
      'ssh -p 1 h @',
      'ssh h a@',
      'eval @',
      'eval ls @',
      'let x=@',
      'parallel @',
    ],
  ],
  ['code', ['trap @ EXIT', 'su x -c @', 'watch @', 'watch -n 1 ls @', 'bash -c @', 'bash -ec @']],
  [
    'code',
    ['sh -c a@', '/bin/sh -c @', '/usr/bin/bash -c @', 'zsh -c @', 'dash -c @ x', 'ls; eval @'],
  ],
  ['code', ['watch ls -n @', 'bash -cx @', 'su -c @ x', 'su --command=@ x', 'su -c@ x']],
  ['evaluated', ['[[ @ == x ]]', '[[ -n @ ]]', '[[ a && @ ]]', '(( @ ))', 'echo $(( @ + 1 ))']],
  ['evaluated', ['echo ${x:-@}', 'export @', 'unset @', 'x[@]=1', 'x=([@]=1)', 'x=(a [b@]=1)']],
  [
    'quotes',
    [
      'ls "@"',
      'ls "a @ b"',
      "ls 'a@b'",
      'ls `echo @`',
      'ls `echo $(ls @)`',
      'ls $`ls @`',
      'ls # @',
    ],
  ],
  ['quotes', ['cat <<EOF\n@\nEOF', "cat <<'E'\n@\nE", 'ls x`[ @ = a ]`']],
] as const)('a value is spliced into %s in %j', (place, scripts) => {
  for (const script of scripts) expect([script, ...placesIn(script)]).toEqual([script, place]);
});

test.each(['ls "@', 'if @', 'ls )@', 'ls @ | | ls'])(
  'nothing is said of what cannot be parsed: %s',
  (script) => {
    expect(placesIn(script)).toEqual([undefined]);
  },
);

test('each place is that of its own placeholder', () => {
  expect(placesIn('ls @; eval @; (( @ )); ls "@" @')).toEqual([
    undefined,
    'code',
    'evaluated',
    'quotes',
    undefined,
  ]);
});

test.each([
  ['before it', 0, 3, false],
  ['up to its first character', 0, 4, true],
  ['nothing, at its first character', 3, 3, true],
  ['its last character', 20, 21, true],
  ['behind it', 21, 22, false],
])('a span that covers %s touches a placeholder or does not', (_, start, end, isTouched) => {
  const { body } = actionOf(runbookOf('- { id: it, shell: "ls ${{ inputs.name }} x" }'), 'it');
  if (body.kind !== 'shell') throw new Error('it is no script');
  const [placeholder] = body.script.placeholders;
  expect(placeholder).toMatchObject({ at: 3, length: 18 });
  expect(placeholderAt(body.script, { start, end })).toBe(isTouched ? placeholder : undefined);
});

/** Returns the effect of a script with a placeholder as the host of a client. */
function effectWith(expression: string) {
  const { runbook } = appliedAll(
    unjudged(`
name: x
title: X
summary: X
inputs:
  h: { type: text, default: localhost }
  e: { type: list, default: [a, b] }
  n: { type: number, default: 3 }
  b: { type: boolean, default: true }
values:
  port: inputs.n + 1
  host: inputs.h.split(":")[0]
  hosts: inputs.e
  either: 'inputs.b ? inputs.e : inputs.e'
steps:
  - { id: j, shell: "echo '{}'", parse: json }
  - { id: look, shell: "psql -h \${{ ${expression} }} -c 'select 1'" }
`),
  );
  return actionOf(runbook, 'look').effect;
}

test.each([
  ...['inputs.h.trim()', 'inputs.n + 1', "'db-' + inputs.h", "inputs.h.split(':')[0]"],
  ...[
    "inputs.e.join(',')",
    'inputs.e[0]',
    'values.host',
    'values.port',
    "inputs.b ? 'x' : inputs.h",
  ],
  ...['string(steps.j.json.name)', 'steps.j.exit_code', 'inputs.e.size()'],
])('a text, a number or a boolean is one word: %s', (expression) => {
  expect(effectWith(expression)).toBe('read');
});

test.each([
  ...[
    'inputs.e',
    'values.hosts',
    'values.either',
    'steps.j.json.name',
    'inputs.b ? inputs.e : steps.j.json.l',
  ],
  ...['steps.j.json.a + steps.j.json.b', 'steps.j.json', 'inputs.e.map(x, x)', 'steps.j.json.l[0]'],
])('what may be a list may be several words, and flags: %s', (expression) => {
  expect(effectWith(expression)).not.toBe('read');
});
