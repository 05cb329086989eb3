import type { EventOf } from '../log/event.ts';
import type { Intent } from '../log/intent.ts';
import type { RunView } from '../view/run-view.ts';
import { leavingOutText } from '../wording/row-words.ts';
import { code, joined, type Part, type Said, say, strong } from './say.ts';

/** Returns an action of the operator. Omits the values of secret inputs. */
export function acted(
  { operator, intent }: EventOf<'operator.acted'>,
  { inputs }: Pick<RunView, 'inputs'>,
): Said {
  const secret = new Set(inputs.filter((input) => input.secret).map(({ name }) => name));
  return say`${operator} ${intentText(intent, secret)}`;
}

function intentText(intent: Intent, secret: ReadonlySet<string>): Part {
  switch (intent.type) {
    case 'continue':
      return 'continued';
    case 'auto':
      return intent.on ? 'turned automatic reads on' : 'turned automatic reads off';
    case 'confirm':
      return say`confirmed ${code(intent.digest)}`;
    case 'decline':
      return `declined${because(intent.reason)}`;
    case 'refresh':
      return 'refreshed the preview';
    case 'leave-out':
      return leavingOutText(intent);
    case 'answer':
      return say`answered ${code(intent.value)}`;
    case 'report':
      return say`reported ${intent.done ? 'done' : strong('not done')}${because(intent.evidence)}`;
    case 'retry':
      return 'ran the step again';
    case 'edit':
      return say`changed ${editedInputs(intent.inputs, secret)} and ran the step again`;
    case 'skip':
      return say`${strong('skipped the step')}${because(intent.reason)}`;
    case 'mark-done':
      return say`${strong('marked the step done by hand')}${because(intent.evidence)}`;
    case 'jump':
      return say`jumped to ${code(intent.step)}${because(intent.reason)}`;
    case 'undo':
      return say`started to undo ${code(intent.step)}${because(intent.reason)}`;
    case 'choose':
      return `chose ${clauseName(intent.clause)}${because(intent.reason)}`;
    case 'recheck':
      return 'checked whether it took effect';
    case 'stop':
      return 'asked to stop';
    case 'adhoc':
      return say`entered an ad-hoc command on ${code(intent.target)}`;
    case 'cancel':
      return strong('cancelled the running action');
    case 'note':
      return `noted${because(intent.text)}`;
    case 'attend':
      return intent.on ? 'can answer again' : 'can no longer answer';
    case 'leave':
      return 'paused the run';
    case 'abort':
      return say`${strong('aborted the run')}${because(intent.reason)}`;
  }
}

function because(reason: string): string {
  return reason.trim() === '' ? '' : `: ${reason}`;
}

function clauseName(clause: number | null): string {
  return clause === null ? 'the next step' : `clause ${clause + 1}`;
}

function editedInputs(inputs: Readonly<Record<string, string>>, secret: ReadonlySet<string>): Part {
  const edited = Object.entries(inputs).map(([name, value]) =>
    secret.has(name) ? say`${code(name)} (secret)` : code(`${name} = ${value}`),
  );
  return edited.length === 0 ? 'nothing' : joined(edited);
}
