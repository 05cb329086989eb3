import { type Reason, unsure } from '../../report.ts';
import { type FlagSpec, readFlags } from '../flags.ts';
import type { Call, Judge, Judging } from '../judging.ts';
import { isUnsafeFolder, isUnsafePath } from '../paths.ts';
import { judgeValues } from '../rule.ts';
import type { Word } from '../words.ts';
import { judgeInput } from './shells.ts';
import { judgeJoined, judgeVariable } from './wrappers.ts';

/** Options of ssh that run nothing, write nothing and open no forwarding. */
const SSH_OPTION =
  /^(?:ConnectTimeout|ConnectionAttempts|BatchMode|StrictHostKeyChecking|LogLevel|ServerAlive\w+|TCPKeepAlive|\w+Authentications?|IdentitiesOnly|IdentityFile|Port|User|HostName|HostKeyAlgorithms|Ciphers|MACs|KexAlgorithms|RequestTTY|AddressFamily|Compression)=[^\n]*$|^(?:User|Global)KnownHostsFile=\/dev\/null$/;

/** Flags of ssh that do not affect what its command does. */
export const SSH_FLAGS = '-46aCknqTtvxV -p: -l: -i: -J: -o: -b: -c: -m:';

/** Judges `ssh host command`. The remote shell parses the words again, joined by spaces. */
export const judgeSsh: Judge = (call, judging) => {
  const { given, operands, reasons } = readFlags(call, {
    flags: SSH_FLAGS,
    stopsAtOperand: true,
  });
  if (given.some(({ flag }) => flag === '-V')) return reasons;
  const options = judgeValues(call, given, { '-o': SSH_OPTION, '-J': /^[\w@.:][\w@.:,-]*$/ });
  const opened = given.filter(({ value }) => isUnsafePath(value?.outline ?? ''));
  const words = operands.slice(1);
  const inner =
    words.length > 0
      ? judgeJoined(words, call, judging, call.stdin)
      : judgeInput(call, judging, 'any');
  const devices = opened.map(({ flag }) => unsure(`ssh ${flag} opens a device`, call.span));
  return [...reasons, ...options, ...devices, ...inner];
};

const containerExec =
  (flags: string): Judge =>
  (call, judging) => {
    const { given, operands, reasons } = readFlags(call, { flags, stopsAtOperand: true });
    const settings = given.flatMap(({ flag, value }) =>
      value === undefined ? [] : /^(?:-e|--env)$/.test(flag) ? judgeVariable(value) : [],
    );
    const folders = given.filter(
      ({ flag, value }) => /^(?:-w|--workdir)$/.test(flag) && isUnsafeFolder(value?.outline ?? '/'),
    );
    return [
      ...reasons,
      ...settings,
      ...folders.map(() => unsure('what is opened there may be a device', call.span)),
      ...judgeInside(operands.slice(1), call, judging),
    ];
  };

/** Judges `docker exec container command`. */
export const judgeContainerExec = containerExec(
  '-it -u: -w: -e: --interactive --tty --user= --workdir= --env=',
);

/** Judges `docker compose exec service command`. */
export const judgeComposeExec = containerExec('-T -u: -w: --no-TTY --user= --workdir= --index=');

/** Judges `kubectl exec pod -- command`. */
export const judgePodExec =
  (spec: FlagSpec): Judge =>
  (call, judging) => {
    const dashes = call.words.findIndex(({ text }) => text === '--');
    if (dashes === -1) return [unsure(`${call.name} without -- is not understood`, call.span)];
    const before = { ...call, words: call.words.slice(0, dashes) };
    const { operands, reasons } = readFlags(before, spec);
    const extra = operands
      .slice(1)
      .map(({ span }) => unsure('only one pod is expected here', span));
    return [...reasons, ...extra, ...judgeInside(call.words.slice(dashes + 1), call, judging)];
  };

function judgeInside(words: readonly Word[], call: Call, judging: Judging): readonly Reason[] {
  return words.length === 0
    ? [unsure(`${call.name} without a command is not understood`, call.span)]
    : judging.command(words, call.stdin);
}
