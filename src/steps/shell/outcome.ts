import { constants } from 'node:os';
import type { StepError } from '#runbook/model/step-error.ts';
import type { ShellResult } from '#runbook/model/value.ts';
import type { ShellAction } from '#safety/actions/action.ts';
import { formatDuration } from '#text/duration.ts';
import type { StepOutcome } from '../executor.ts';
import { parseOutput } from './parsed-output.ts';

/** How a script came to its end. */
export type ScriptEnd = {
  readonly result: ShellResult;
  /** The standard output that is to be parsed; undefined where it was too long to keep. */
  readonly whole: string | undefined;
  /** Set when its processes were ended from here. */
  readonly stopped: 'timeout' | 'cancelled' | undefined;
  /** The script itself had ended; something it left in the background kept its output open. */
  readonly heldOpen: boolean;
  /** False when some of its processes could not be ended. */
  readonly gone: boolean;
};

/**
 * Returns the outcome of a script. Whatever may have changed something and was ended halfway (by us,
 * or by a signal) is `unknown`, not `failed`.
 */
export function shellOutcome(action: ShellAction, end: ScriptEnd): StepOutcome {
  const { result } = end;
  const error = stoppedError(action, end) ?? signalError(result) ?? exitError(action, result);
  if (error === undefined) return parsedOutcome(action, end);
  const halfway = error.kind === 'timeout' || error.kind === 'cancelled' || error.kind === 'signal';
  return { status: halfway && !action.readOnly ? 'unknown' : 'failed', error, result };
}

/** Returns the outcome of a script that had the terminal: what it printed was seen and is not kept. */
export function terminalOutcome(
  action: ShellAction,
  end: ScriptEnd | { readonly error: StepError },
): StepOutcome {
  if ('error' in end) return { status: 'failed', error: end.error };
  const { exit_code, signal } = end.result;
  const outcome = shellOutcome({ ...action, parse: 'text' }, end);
  return { ...outcome, result: { exit_code, signal } };
}

/** A script that did its work has failed all the same when what it says cannot be used. */
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

/** bash reports a command that a signal ended by an exit code of 128 and the signal's number. */
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

/** Findings put the message in a sentence of their own; an ellipsis stays. */
export function withoutStop(said: string): string {
  return said.replace(/(?<!\.)\.$/, '');
}

/** Only bash's own parser says `-c:` before the line number. */
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
