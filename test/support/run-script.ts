import { execFileSync } from 'node:child_process';
import { onTestFinished } from 'vitest';
import type { ShellResult } from '#runbook/model/value.ts';
import type { ShellAction } from '#safety/kinds/shell.ts';
import type { ExecuteContext, StepOutcome } from '#steps/executor.ts';
import { createShellExecutor, type ShellExecutorOptions } from '#steps/shell/executor.ts';

/** Returns a read that runs a script, with whatever a test wants different. */
export function scriptAction(script: string, parts: Partial<ShellAction> = {}): ShellAction {
  return {
    kind: 'shell',
    target: 'local',
    script,
    env: {},
    cwd: undefined,
    stdin: undefined,
    okExit: [0],
    parse: 'text',
    interactive: false,
    readOnly: true,
    timeoutMs: 30_000,
    ...parts,
  };
}

/** What a script is run with, besides the action. */
export type ScriptSetting = Partial<ShellAction> &
  Partial<ExecuteContext> & { readonly executor?: ShellExecutorOptions };

/** Runs a script on this machine. */
export function runScript(script: string, setting: ScriptSetting = {}): Promise<StepOutcome> {
  const { executor: options, signal, onOutput, mayStart, ...parts } = setting;
  const executor = createShellExecutor(options);
  onTestFinished(() => executor.close());
  return executor.execute(scriptAction(script, parts), {
    signal: signal ?? new AbortController().signal,
    onOutput: onOutput ?? (() => {}),
    mayStart,
  });
}

/** Returns what a script left behind, whether it succeeded or not. */
export async function resultOf(outcome: Promise<StepOutcome>): Promise<ShellResult> {
  return (await outcome).result as unknown as ShellResult;
}

/** Tells whether a process is there and has not ended (one that waits to be collected has). */
export function isRunning(pid: number): boolean {
  try {
    return !execFileSync('ps', ['-o', 'state=', '-p', String(pid)], {
      encoding: 'utf8',
    }).startsWith('Z');
  } catch {
    return false;
  }
}
