import type { EventOf } from '#events/log/event.ts';
import type { Intent } from '#events/log/intent.ts';
import { leavingOutText } from '#events/wording/row-words.ts';
import { code, text } from '../../markdown/text.ts';

/** Describes an action of the operator, to follow their name. Omits values of `secret` inputs. */
export function intentText(intent: Intent, secret: ReadonlySet<string>): string {
  switch (intent.type) {
    case 'continue':
      return 'continued';
    case 'auto':
      return intent.on ? 'turned automatic reads on' : 'turned automatic reads off';
    case 'confirm':
      return `confirmed ${code(intent.digest)}`;
    case 'decline':
      return `declined${because(intent.reason)}`;
    case 'refresh':
      return 'refreshed the preview';
    case 'leave-out':
      return leavingOutText(intent);
    case 'answer':
      return `answered ${code(intent.value)}`;
    case 'report':
      return `reported ${intent.done ? 'done' : '**not done**'}${because(intent.evidence)}`;
    case 'retry':
      return 'ran the step again';
    case 'edit':
      return `changed ${editedInputs(intent.inputs, secret)} and ran the step again`;
    case 'skip':
      return `**skipped the step**${because(intent.reason)}`;
    case 'mark-done':
      return `**marked the step done by hand**${because(intent.evidence)}`;
    case 'jump':
      return `jumped to ${code(intent.step)}${because(intent.reason)}`;
    case 'undo':
      return `started to undo ${code(intent.step)}${because(intent.reason)}`;
    case 'choose':
      return `chose ${clauseName(intent.clause)}${because(intent.reason)}`;
    case 'recheck':
      return 'checked whether it took effect';
    case 'stop':
      return 'asked to stop';
    case 'adhoc':
      return `entered an ad-hoc command on ${code(intent.target)}`;
    case 'cancel':
      return '**cancelled the running action**';
    case 'note':
      return `noted${because(intent.text)}`;
    case 'attend':
      return intent.on ? 'can answer again' : 'can no longer answer';
    case 'leave':
      return 'paused the run';
    case 'abort':
      return `**aborted the run**${because(intent.reason)}`;
  }
}

/** Returns the names of the inputs of a run that are secret. */
export function secretInputs({ inputs }: EventOf<'run.started'>): ReadonlySet<string> {
  return new Set(inputs.filter(({ secret }) => secret).map(({ name }) => name));
}

function because(reason: string): string {
  return reason.trim() === '' ? '' : `: ${text(reason)}`;
}

function clauseName(clause: number | null): string {
  return clause === null ? 'the next step' : `clause ${clause + 1}`;
}

function editedInputs(
  inputs: Readonly<Record<string, string>>,
  secret: ReadonlySet<string>,
): string {
  const edited = Object.entries(inputs).map(([name, value]) =>
    secret.has(name) ? `${code(name)} (secret)` : code(`${name} = ${value}`),
  );
  return edited.join(', ') || 'nothing';
}
