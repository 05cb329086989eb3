import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { loadEffectParsers } from '#cli/library/effect-parsers.ts';
import { unsetVariables } from '#safety/effects/shell/unset-variables.ts';

const { shell } = await loadEffectParsers({ shell: true, postgres: false });
if (shell === undefined) throw new Error('there is no parser');
const parse = shell;

const named = (script: string, given: readonly string[] = []) =>
  unsetVariables(script, parse, given).map(({ name }) => name);

/** Returns the variable at which bash stops. */
function stopsAt(script: string): string | undefined {
  const { stderr } = spawnSync('bash', ['--norc', '-eu', '-c', script], {
    encoding: 'utf8',
    input: 'one line\n',
    env: { PATH: process.env.PATH, HOME: '/', SHLVL: '1' },
  });
  return /(\w+)(?:\[0\])?: unbound variable/.exec(stderr)?.[1];
}

test.each([
  ['echo $SERVICE'],
  ['echo "a ${SERVICE} b"'],
  ['echo "${SERVICE%.service}"'],
  ['echo "${#SERVICE}"'],
  ['x=$SERVICE; echo "$x"'],
  ['echo "$(basename "$SERVICE")"'],
  ['if [ "$SERVICE" = shop ]; then echo yes; fi'],
  ['[[ $SERVICE == shop ]]'],
  ['case $SERVICE in shop) echo 1;; esac'],
  ['for one in $SERVICE; do echo "$one"; done'],
  ['cat <<END\n$SERVICE\nEND'],
  ['cat <<< "$SERVICE"'],
  ['cat < "/tmp/$SERVICE"'],
  ['f() { local own=1; echo "$own $SERVICE"; }; f'],
  ['echo "${SERVICE[0]}"'],
  ['set -e; echo $SERVICE'],
])('bash stops at the variable that is named: %s', (script) => {
  expect(named(script)).toEqual(['SERVICE']);
  expect(stopsAt(script)).toBe('SERVICE');
});

test.each([
  ['x=1; echo $x'],
  ['read -r a b; echo "$a $b"'],
  ['while read -r line; do echo "$line"; done < /dev/null'],
  ['for one in a b; do echo "$one"; done'],
  ['for ((i = 0; i < 2; i++)); do echo "$i"; done'],
  ['mapfile -t lines; echo "${lines[0]}"'],
  ['printf -v text "%s" a; echo "$text"'],
  ['declare -A map; map[a]=1; echo "${map[a]}"'],
  ['list=(a b); echo "${list[@]}" "${#list[@]}"'],
  ['echo "${SERVICE:-none}" "${OTHER-}" "${THIRD:+x}"'],
  ['echo "${SERVICE:=shop}"; echo "$SERVICE"'],
  ['[ -n "${SERVICE:-}" ] && echo "$SERVICE" || true'],
  ["echo '$SERVICE' \\$SERVICE"],
  ["awk '{ print $NF }' /dev/null"],
  ["cat <<'END'\n$SERVICE\nEND"],
  ['echo "$HOME $PWD $RANDOM $UID $SECONDS $BASH_VERSION $HOSTNAME"'],
  ['while getopts ab flag; do echo "$flag $OPTIND"; done'],
  ['(( n = 2 )); echo "$n"'],
  ['let n=2; echo "$n"'],
  ['sleep 0 & pid=$!; wait "$pid"; echo "$? $# $$"'],
  ['f() { echo "$1"; }; f a'],
  ['eval "x=1"; echo "$x"'],
  ['set +u; echo "$SERVICE"'],
  ['export A=1 B; B=2; echo "$A $B"'],
  ['x=a; echo "${!x:-}"'],
  ['IFS=: read -r first rest <<< a:b; echo "$first$rest"'],
])('says nothing where bash goes on: %s', (script) => {
  expect(named(script)).toEqual([]);
  expect(stopsAt(script)).toBeUndefined();
});

test('names each variable once, at its first place, without those that are given', () => {
  const script = 'echo $B $A\necho $A $GIVEN';
  expect(unsetVariables(script, parse, ['GIVEN'])).toEqual([
    { name: 'B', span: { start: 5, end: 7 } },
    { name: 'A', span: { start: 8, end: 10 } },
  ]);
});

test('says nothing about a script that cannot be read', () => {
  expect(named('if [ $SERVICE')).toEqual([]);
});
