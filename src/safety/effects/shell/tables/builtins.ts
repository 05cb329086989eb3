import { judgeSet, judgeShopt, setting } from '../bash-builtins.ts';
import type { Rules } from '../judging.ts';
import { change, changes, flagged, harmless, unknown } from '../rule.ts';
import { judgeShell, judgeSu, judgeTrap } from '../shells.ts';
import { judgeTest } from '../test-command.ts';
import {
  judgeCommandBuiltin,
  judgeEnv,
  judgeExec,
  judgeSudo,
  judgeWatch,
  judgeXargs,
  wrapper,
} from '../wrappers.ts';

/** What bash itself does, and commands that run other commands. */
export const BUILTINS: Rules = {
  [`: true false echo pwd cd pushd popd dirs type which whereis shift exit return break continue
    times caller hostid tty printenv logname getconf locale sleep help`]: harmless,
  test: judgeTest,
  jobs: flagged({ flags: '-lnprs' }),
  wait: flagged({ flags: '-nf' }),
  read: setting('-rs -p: -t: -n: -N: -d: -a: -u: -e -i:'),
  'mapfile readarray': setting('-t -n: -O: -s: -d: -u:'),
  getopts: setting('', 1),
  set: judgeSet,
  shopt: judgeShopt,
  umask: flagged({ flags: '-Sp' }),
  ulimit: flagged({ flags: '-HSacdefilmnpqrstuvxT', most: 0 }),
  trap: judgeTrap,
  exec: judgeExec,
  command: judgeCommandBuiltin,
  builtin: wrapper({ flags: '' }),
  'bash sh dash rbash': judgeShell,
  'eval source .': unknown('runs what is not known'),
  'alias unalias enable hash bind let complete': unknown('may change what later commands mean'),
  su: judgeSu,
  'sudo doas': judgeSudo,
  env: judgeEnv,
  xargs: judgeXargs,
  watch: judgeWatch,
  'nohup setsid': wrapper({ flags: '-wfc --wait' }),
  nice: wrapper({ flags: '-# -n: --adjustment=', alone: harmless }),
  ionice: wrapper({ flags: '-t -c: -n: --class= --classdata=' }),
  time: wrapper({ flags: '-pv -f: --verbose --portability --format=', alone: harmless }),
  timeout: wrapper({
    flags: '-v -s: -k: --signal= --kill-after= --foreground --preserve-status --verbose',
    skip: 1,
  }),
  stdbuf: wrapper({ flags: '-i: -o: -e: --input= --output= --error=' }),
  unbuffer: wrapper({ flags: '-p' }),
  runuser: wrapper({ flags: '-u: --user=' }),
  setpriv: wrapper({ flags: '--reuid= --regid= --init-groups --clear-groups' }),
  chroot: wrapper({ flags: '', skip: 1 }),
  nsenter: wrapper({ flags: '-t: -mnpuiCUa --target= --net? --mount? --pid? --all' }),
  busybox: wrapper({ flags: '', alone: harmless }),
  coproc: changes(change('leaves a process behind')),
};
