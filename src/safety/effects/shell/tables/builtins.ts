import { unsure } from '../../report.ts';
import { judgeShell, judgeSu } from '../commands/shells.ts';
import { judgeTest } from '../commands/test-command.ts';
import {
  judgeCommandBuiltin,
  judgeEnv,
  judgeJoined,
  judgeSudo,
  judgeWatch,
  judgeXargs,
  unproven,
  wrapper,
} from '../commands/wrappers.ts';
import type { Rules } from '../judging.ts';
import { isUnsafeFolder } from '../paths.ts';
import { byFlags, flagged, shows, unknown } from '../rule.ts';

/** Builtins of bash, and commands that run other commands. */
export const BUILTINS: Rules = {
  // No word of theirs is a file, or a flag that does more.
  ': true false echo expr yes basename dirname exit return break continue sleep': shows,
  ...byFlags(
    'pwd | -LP; type which | -aftpPs; whereis | -bmsulg -B: -M: -S: -f; printenv | -0 --null',
    {
      takesAny: true,
    },
  ),
  ...byFlags('tty | -s --quiet --silent; times hostid logname | -V', { most: 0 }),
  cd: (call) =>
    call.words
      .filter(({ outline }) => isUnsafeFolder(outline))
      .map(({ span }) => unsure('what is opened there may be a device', span)),
  test: judgeTest,
  // `-v` and `%n` set a variable.
  printf: flagged({
    flags: '',
    stopsAtOperand: true,
    first: /^(?!-)(?:[^%]|%%|%[-+ 0#]*\d*(?:\.\d+)?[bcdeEfgGioqsuxX])*$/,
  }),
  locale: flagged({ flags: '-a -m --all-locales --charmaps' }),
  getconf: flagged({ flags: '-a', like: /^[A-Z]\w*$/ }),
  jobs: flagged({ flags: '-lnprs' }),
  wait: flagged({ flags: '-nf' }),
  // Bash evaluates `[ ]` in a name, and upper-case names may have a special meaning.
  read: flagged({ flags: '-r -t:', like: /^(?!.*proxy)[a-z]\w*$/, values: { '-t': /^[\d.]+$/ } }),
  set: flagged({ flags: '-eux -o:', values: { '-o': /^pipefail$/ }, most: 0 }),
  umask: flagged({ flags: '-Sp', most: 0 }),
  ulimit: flagged({ flags: '-HSacdefilmnpqrstuvxT', most: 0 }),
  command: judgeCommandBuiltin,
  'bash sh dash': judgeShell,
  'exec builtin': unproven(wrapper({ flags: '' })),
  'eval trap': unproven((call, judging) => judgeJoined(call.words.slice(0, 1), call, judging)),
  'source . coproc': unknown('runs what is not known'),
  [`alias unalias enable hash bind let complete shopt unset declare local readonly typeset mapfile
    readarray getopts shift pushd popd`]: unknown('may change what later commands mean'),
  su: judgeSu,
  'sudo doas': judgeSudo,
  env: judgeEnv,
  xargs: judgeXargs,
  watch: judgeWatch,
  'nohup setsid': wrapper({ flags: '-w --wait' }),
  nice: wrapper({ flags: '-# -n: --adjustment=', alone: shows }),
  ionice: wrapper({ flags: '-t -c: -n: --class= --classdata=' }),
  time: wrapper({ flags: '-pv --verbose --portability', alone: shows }),
  timeout: wrapper({
    flags: '-v -s: -k: --signal= --kill-after= --foreground --preserve-status --verbose',
    skip: 1,
  }),
  stdbuf: wrapper({ flags: '-i: -o: -e: --input= --output= --error=' }),
  runuser: wrapper({ flags: '-u: --user=' }),
  nsenter: wrapper({ flags: '-t: -n --target= --net' }),
};
