import { INTENT_SCHEMA, type Intent } from '#events/log/intent.ts';
import { isAnswer } from '#events/log/submission.ts';
import { answersOpen } from '#events/view/open-question.ts';
import { inputsAt } from '#events/view/place-in-run.ts';
import type { RunView } from '#events/view/run-view.ts';
import { type ChoiceName, intentOf } from '#events/wording/choices.ts';
import type { Permission, Rights } from './access.ts';

/** The reason why an intent is not stored, with the status of the response. */
export type IntentRefusal = {
  readonly status: 403 | 409 | 422;
  readonly code: string;
  readonly message: string;
};

/** Returns a value as an intent, or undefined if it is none. */
export function readIntent(value: unknown): Intent | undefined {
  const read = INTENT_SCHEMA.safeParse(value);
  return read.success ? read.data : undefined;
}

/** Returns the intent of a form that a page has sent, or undefined if it is none. */
export function intentOfForm(
  form: Readonly<Record<string, string>>,
  view: RunView,
): Intent | undefined {
  const { intent: name = '', said = '', step = '' } = form;
  switch (name) {
    case 'confirm':
      return readIntent({ type: name, digest: form.digest, ...phraseOf(form) });
    case 'leave-out':
      return readIntent({
        type: name,
        digest: form.digest,
        rows: ticked(form, 'row'),
        back: ticked(form, 'back'),
      });
    case 'answer':
      return readIntent({ type: name, value: form.value });
    case 'choose':
      return readIntent({ type: name, clause: clauseOf(form.clause), reason: said });
    case 'jump':
    case 'undo':
      return { type: name, step, reason: said };
    case 'edit':
      return { type: name, inputs: inputsOf(form) };
    case 'note':
      return { type: name, text: said };
    case 'stop':
    case 'cancel':
      return { type: name };
    default:
      return isPlainChoice(name) ? intentOf(name, view, said) : undefined;
  }
}

type PlainChoice = Exclude<ChoiceName, 'edit' | 'jump' | 'leave-out' | 'undo'>;

const PLAIN: Readonly<Record<PlainChoice, true>> = {
  ...{ start: true, stepwise: true, continue: true, recheck: true, retry: true, refresh: true },
  ...{ done: true, 'not-done': true, 'mark-done': true, skip: true, back: true },
  ...{ decline: true, auto: true, leave: true, abort: true },
};

function isPlainChoice(name: string): name is PlainChoice {
  return Object.hasOwn(PLAIN, name);
}

function ticked(form: Readonly<Record<string, string>>, boxes: 'row' | 'back'): readonly number[] {
  return Object.keys(form).flatMap((name) => {
    const [box, number = '', ...rest] = name.split('.');
    return box === boxes && /^\d{1,4}$/.test(number) && rest.length === 0 ? [Number(number)] : [];
  });
}

function phraseOf({ phrase }: Readonly<Record<string, string>>) {
  return phrase === undefined ? {} : { phrase };
}

function clauseOf(clause: string | undefined): number | null | undefined {
  if (clause === '') return null;
  return clause !== undefined && /^\d{1,4}$/.test(clause) ? Number(clause) : undefined;
}

function inputsOf(form: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const named = Object.entries(form).filter(([name]) => name.startsWith('input.'));
  return Object.fromEntries(named.map(([name, value]) => [name.slice('input.'.length), value]));
}

/**
 * Returns why an intent is refused before it is stored, or undefined. The worker decides again, and
 * about everything else: what is refused here could never be accepted there.
 */
export function refusalOf(
  intent: Intent,
  atSeq: number | undefined,
  view: RunView,
  rights: Rights,
): IntentRefusal | undefined {
  const permission = permissionFor(intent, view, rights);
  if (!permission.may) return { status: 403, code: 'not-allowed', message: permission.because };
  if (view.status === 'finished')
    return { status: 409, code: 'ended', message: 'The run has finished.' };
  if (isAnswer(intent) && !answersOpen(view.awaited, atSeq))
    return {
      status: 409,
      code: 'stale',
      message: 'It answers an earlier question. Nothing has run.',
    };
  return secretRefusal(intent, view) ?? missingText(intent);
}

function permissionFor(intent: Intent, { gate }: RunView, rights: Rights): Permission {
  switch (intent.type) {
    case 'leave':
    case 'attend':
      return { may: false, because: 'A run of a team is neither left nor attended: it waits.' };
    case 'adhoc':
      return { may: false, because: 'A run of a team takes no ad-hoc commands.' };
    case 'confirm':
      if (gate === undefined) return rights.operate;
      return gate.effect === 'destructive' ? rights.confirm.destructive : rights.confirm.change;
    default:
      return rights.operate;
  }
}

/** Values of secrets are known to workers only. */
function secretRefusal(intent: Intent, view: RunView): IntentRefusal | undefined {
  const refused = {
    status: 422,
    code: 'secret',
    message: 'Secrets are not accepted here.',
  } as const;
  if (intent.type === 'answer') {
    const { secret, input } = view.awaited ?? {};
    // No answer leaves the input as it is.
    const isNone = input !== undefined && intent.value === '';
    return secret === true && !isNone ? refused : undefined;
  }
  if (intent.type !== 'edit') return undefined;
  const inputs = inputsAt(view, view.current ?? '');
  const isSecret = inputs.some(({ name, secret }) => secret && Object.hasOwn(intent.inputs, name));
  return isSecret ? refused : undefined;
}

/** Without the script no field is required by the page alone. */
function missingText(intent: Intent): IntentRefusal | undefined {
  const message = needsText(intent);
  return message === undefined ? undefined : { status: 422, code: 'missing', message };
}

function needsText(intent: Intent): string | undefined {
  switch (intent.type) {
    case 'report':
      return intent.done || intent.evidence.trim() !== '' ? undefined : 'Say what prevented it.';
    case 'mark-done':
      return intent.evidence.trim() === '' ? 'Give the evidence.' : undefined;
    case 'skip':
    case 'abort':
      return intent.reason.trim() === '' ? 'Give a reason.' : undefined;
    case 'note':
      return intent.text.trim() === '' ? 'The note is empty.' : undefined;
    default:
      return undefined;
  }
}
