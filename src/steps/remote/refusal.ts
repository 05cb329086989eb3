import type { StepError } from '#runbook/model/step-error.ts';
import type { ShellAction } from '#safety/actions/action.ts';
import { isTooLong } from '../shell/strict-script.ts';

const VARIABLE = /^[A-Za-z_]\w*$/;

/** Returns the reason why a script cannot be sent to any remote bash; undefined if it can. */
export function refusal(action: ShellAction, place: string): StepError | undefined {
  const { script, env, cwd = '', interactive } = action;
  const names = Object.keys(env);
  if (isTooLong(script)) return config('the script is too long for bash');
  if ([script, cwd, ...Object.values(env)].some((text) => text.includes('\0')))
    return config('a zero byte can be in the input of a script, and nowhere else');
  const odd = names.find((name) => !VARIABLE.test(name));
  if (odd !== undefined) return config(`bash can export no variable called "${odd}"`);
  if (!interactive || names.length === 0) return undefined;
  return {
    ...config(`an interactive script gets no variables in ${place}`),
    hint: 'They could only travel on a command line, where others see them.',
  };
}

function config(message: string): StepError {
  return { kind: 'config', message };
}
