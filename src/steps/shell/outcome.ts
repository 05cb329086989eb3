import { constants } from 'node:os';
import { beforeItBegan, type StepError } from '#runbook/model/step-error.ts';
import type { ShellResult } from '#runbook/model/value.ts';
import type { ShellAction } from '#safety/kinds/shell.ts';
import { formatDuration } from '#text/duration.ts';
import type { StepOutcome } from '../executor.ts';
import { parseOutput } from './parsed-output.ts';

/** The end of a script. */
export type ScriptEnd = {
  readonly result: ShellResult;
  /** The standard output to be parsed; undefined if it was too long to keep. */
  readonly whole: string | undefined;
  /** Set if the executor ended its processes. */
  readonly stopped: 'timeout' | 'cancelled' | undefined;
  /** True if the script itself had ended, and a background process kept its output open. */
  readonly heldOpen: boolean;
  /** False if some of its processes could not be ended. */
  readonly gone: boolean;
};

/**
 * Returns the outcome of a script. A change that was ended midway, by the executor or a signal, is
 * `unknown`, not `failed`.
 */
export function shellOutcome(action: ShellAction, end: ScriptEnd): StepOutcome {
  const { result } = end;
  const error = stoppedError(action, end) ?? signalError(result) ?? exitError(action, result);
  if (error === undefined) return parsedOutcome(action, end);
  const halfway = error.kind === 'timeout' || error.kind === 'cancelled' || error.kind === 'signal';
  return { status: halfway && !action.readOnly ? 'unknown' : 'failed', error, result };
}

/** Returns the outcome of a script that used the terminal. Its output is not kept. */
export function terminalOutcome(
  action: ShellAction,
  end: ScriptEnd | { readonly error: StepError },
): StepOutcome {
  if ('error' in end) return { status: 'failed', error: beforeItBegan(end.error) };
  const { exit_code, signal } = end.result;
  const outcome = shellOutcome({ ...action, parse: 'text' }, end);
  return { ...outcome, result: { exit_code, signal } };
}

/** Returns the outcome of a script that ran. Output that cannot be parsed makes it fail. */
function parsedOutcome({ parse }: ShellAction, { result, whole }: ScriptEnd): StepOutcome {
  const parsed = parseOutput(parse, whole);
  if ('error' in parsed) return { status: 'failed', error: parsed.error, result };
  return { status: 'succeeded', result: { ...result, ...parsed.fields } };
}

function stoppedError(action: ShellAction, end: ScriptEnd): StepError | undefined {
  if (end.stopped === undefined) return undefined;
  const what =
    end.stopped === 'timeout'
      ? `the script did not end within ${formatDuration(action.timeoutMs)}`
      : 'the script was ended by the operator';
  return {
    kind: end.stopped,
    message: end.gone ? what : `${what}; some of its processes could not be ended`,
    ...(end.heldOpen && {
      hint: 'It left a process in the background that kept its output open; redirect that output.',
    }),
  };
}

const SIGNALS = new Map(Object.entries(constants.signals).map(([name, number]) => [number, name]));

/**
 * Returns the error of a signal. bash reports a command ended by a signal with exit code 128 plus
 * the signal's number.
 */
function signalError(result: ShellResult): StepError | undefined {
  const signal = result.signal ?? SIGNALS.get((result.exit_code ?? 0) - 128);
  if (signal === undefined) return undefined;
  const whom = result.signal === null ? 'a command of the script' : 'the script';
  return {
    kind: 'signal',
    code: signal,
    message: `${whom} was ended by ${signal}`,
    ...(signal === 'SIGKILL' && { hint: 'Often the kernel: out of memory (see dmesg).' }),
  };
}

function exitError(action: ShellAction, result: ShellResult): StepError | undefined {
  const code = result.exit_code ?? 0;
  if (action.okExit.includes(code)) return undefined;
  const syntax = code <= 2 ? SYNTAX.exec(result.stderr)?.[1] : undefined;
  if (syntax !== undefined)
    return { kind: 'syntax', code: String(code), message: withoutStop(syntax) };
  const said = withoutStop(lastLine(result.stderr));
  const message = said === '' ? `the script ended with exit code ${code}` : `exit ${code}: ${said}`;
  return { kind: KIND_BY_EXIT[code] ?? 'exit', code: String(code), message };
}

/** Removes a final full stop, since findings embed the message in a sentence. An ellipsis stays. */
export function withoutStop(said: string): string {
  return said.replace(/(?<!\.)\.$/, '');
}

/** A syntax error: only bash's own parser writes `-c:` before the line number. */
const SYNTAX = /^\S*: -c: (.+)$/m;

const KIND_BY_EXIT: Readonly<Record<number, StepError['kind']>> = {
  126: 'no_permission',
  127: 'not_found',
};

const LONGEST_MESSAGE = 300;

function lastLine(text: string): string {
  const end = text.trimEnd();
  return end.slice(end.lastIndexOf('\n') + 1).slice(0, LONGEST_MESSAGE);
}
