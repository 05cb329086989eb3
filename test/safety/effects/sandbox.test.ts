import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { loadEffectParsers } from '#cli/library/effect-parsers.ts';
import { inferShell } from '#safety/effects/shell/infer.ts';
import { draws, fc } from '../../support/properties.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const { shell, postgres } = await loadEffectParsers({ shell: true, postgres: true });
if (shell === undefined || postgres === undefined) throw new Error('there are no parsers');
const parsers = { shell, postgres };

/** Programs that do nothing when they are run for real here; all others are stubs that leave a mark. */
const REAL = [
  'cat',
  'head',
  'wc',
  'grep',
  'sort',
  'sed',
  'awk',
  'env',
  'bash',
  'sh',
  'xargs',
  'find',
  'ls',
];
const STUBS = ['rm', 'kill', 'tee', 'touch', 'curl', 'psql', 'reboot', 'mark'];

/** A folder with files that hold code, and one with the only programs there are. */
function sandbox() {
  const root = temporaryFolder();
  const [bin, work, out] = ['bin', 'work', 'out'].map((name) => join(root, name));
  if (bin === undefined || work === undefined || out === undefined) throw new Error('no folders');
  for (const folder of [bin, work, out]) mkdirSync(folder);
  for (const name of REAL) {
    const path = spawnSync('sh', ['-c', `command -v ${name}`], { encoding: 'utf8' }).stdout.trim();
    if (path !== '') symlinkSync(path, join(bin, name));
  }
  for (const name of STUBS) {
    writeFileSync(join(bin, name), `#!/bin/sh\n: > "${out}/${name}.$$"\n`);
    chmodSync(join(bin, name), 0o755);
  }
  writeFileSync(join(work, 'F'), 'a[$(mark)]\n');
  writeFileSync(join(work, 'L'), '-delete\n-exec mark ;\n; mark\n$(mark)\n');
  chmodSync(work, 0o555);
  // Only root removes files from a folder that cannot be written to.
  onTestFinished(() => chmodSync(work, 0o755));
  return {
    run(script: string): readonly string[] {
      spawnSync(join(bin, 'bash'), ['-c', script], {
        cwd: work,
        env: { PATH: bin },
        input: 'a[$(mark)]\n-delete\n',
        timeout: 30_000,
      });
      return [...readdirSync(out), ...readdirSync(work).filter((name) => !/^[FL]$/.test(name))];
    },
  };
}

/** Parts that bash puts together in surprising ways. */
const PIECES = [
  ...['ls', 'cat F', 'echo', 'echo x', ':', 'true', 'rm x', 'mark', 'kill 1', 'tee x', 'touch y'],
  ...[
    'rm() { :; }',
    'echo() { mark; }',
    'unset rm',
    'unset -f echo',
    'set -o posix',
    'eval',
    'exec',
  ],
  ...[
    'n=1',
    'n=$(cat F)',
    'read n < F',
    'read -r "n" < F',
    'export n',
    'x=../drafts/z',
    'IFS=x',
    'PATH=.',
  ],
  ...[
    '$((n))',
    '"$n"',
    '$n',
    '${n}',
    '${n:-x}',
    '${!n}',
    '${n@P}',
    '${a[n]}',
    '"${a[@]}"',
    '$(mark)',
  ],
  ...['a=([n]=1)', '[ "$n" = 1 ]', '[[ $n -eq 1 ]]', '[ -v "$n" ]', 'test -n "$n"', '(( n ))'],
  ...[
    ';',
    '&&',
    '||',
    '|',
    '&',
    '\n',
    '\\\n',
    '(',
    ')',
    '{ ',
    ' ;}',
    '!',
    'if ',
    '; then ',
    '; fi',
  ],
  ...[
    'for i in a b; do ',
    'for i in $(cat L); do ',
    'while read -r i; do ',
    '; done',
    ' < L',
    '"$i"',
  ],
  ...[
    '> z',
    '>> z',
    '2>&1',
    '>/dev/null',
    '> "$x"',
    '&> z',
    '<> z',
    '>| z',
    "<<'E'\nmark\nE\n",
    '<<E\n$(mark)\nE\n',
  ],
  ...["bash -c '", 'bash -c "', 'sh -c ', "'", '"', '`', '$(', '<(', '>(', '#', ' # '],
  ...[
    'xargs ',
    'xargs -I{} bash -c {}',
    'find . ',
    '-exec mark \\;',
    '-name x',
    'env ',
    'sudo ',
    'command ',
  ],
  ...[
    'awk \'{ print > "z" }\' F',
    'awk \'BEGIN { system("mark") }\'',
    "sed 'w z' F",
    "sed '1e mark' F",
    'sed -n p F',
  ],
  ...[
    'curl ',
    'http://h',
    'psql ',
    "-c 'SELECT 1'",
    'case x in x) ',
    ' ;; esac',
    'time ',
    'coproc ',
    "$'mark'",
  ],
];

test('what is taken for a read runs none of the marked programs and writes nothing', () => {
  const { run } = sandbox();
  const script = fc
    .array(fc.tuple(fc.constantFrom(...PIECES), fc.constantFrom(' ', ' ', ' ', '')), {
      minLength: 1,
      maxLength: 9,
    })
    .map((pieces) => pieces.map(([piece, space]) => piece + space).join(''));
  let reads = 0;
  fc.assert(
    fc.property(script, (text) => {
      if (inferShell(text, parsers).effect !== 'read') return;
      // Reads may run what only asks; here these are stubs.
      if (/curl|psql|kill|tee/.test(text)) return;
      reads += 1;
      expect([text, ...run(text)]).toEqual([text]);
    }),
    draws(1_500),
  );
  process.stdout.write(`${reads} generated scripts were taken for reads and run\n`);
  expect(reads).toBeGreaterThan(50);
});

test('the marks are seen', () => {
  const { run } = sandbox();
  expect(run('n=$(cat F); echo $((n))')).toEqual([expect.stringMatching(/^mark/)]);
});
