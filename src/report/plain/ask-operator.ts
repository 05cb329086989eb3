import type { Intent } from '#events/log/intent.ts';
import { commandTargets } from '#events/view/command-targets.ts';
import { jumpTargets } from '#events/view/jump-targets.ts';
import { isOpening } from '#events/view/opening.ts';
import { inputsAt } from '#events/view/place-in-run.ts';
import type { AwaitedView, GateView, RunView } from '#events/view/run-view.ts';
import { type Choice, choicesOf, intentOf, waysOutOf } from '#events/wording/choices.ts';
import { jumpNote } from '#events/wording/jump-note.ts';
import { STATE_WORD, titleOf } from '#events/wording/phrases.ts';
import { isOffered, offeredNumbers } from '#events/wording/undecided.ts';
import { isPhrase } from '#runbook/model/confirm-phrase.ts';
import { inputText } from '#runbook/model/input-text.ts';
import { harmlessLine } from '#text/harmless.ts';
import type { PromptOptions, Prompts } from './prompts.ts';

/** The views available before an answer: details of the next action, or the output of a step. */
export type Looked = 'details' | 'output';

/** The context of asking: the run, the prompts, and the output for rejected answers. */
export type Conversation = {
  readonly view: RunView;
  readonly prompts: Prompts;
  readonly write: (line: string) => void;
  /** Prints a view that the operator requested. */
  readonly show: (what: Looked) => Promise<void>;
};

const LOOKS: { readonly [key: string]: Looked } = { d: 'details', o: 'output' };

/** Thrown inside a conversation when the operator presses Ctrl-C or closes the input. */
class Interrupted extends Error {
  readonly isClosed: boolean;
  constructor(isClosed: boolean) {
    super('interrupted');
    this.isClosed = isClosed;
  }
}

/**
 * Asks the question of the run. Resolves to `undefined` if the answer was invalid: nothing is done,
 * and the question can be asked again.
 */
export async function askOperator(given: Conversation): Promise<Intent | undefined> {
  const talk = { ...given, write: (text: string) => given.write(harmlessLine(text)) };
  const { awaited, gate } = talk.view;
  if (awaited === undefined) return undefined;
  try {
    if (awaited.for === 'gate' && gate !== undefined) return await askGate(talk, gate);
    if (awaited.for === 'answer' && !isOpening(talk.view)) return await askAnswer(talk, awaited);
    if (awaited.for === 'decision') return await askDecision(talk, awaited);
    const choices = choicesOf(talk.view);
    return await carryOut(talk, choices, await line(talk, `${keysOf(choices, talk)}: `));
  } catch (error) {
    if (error instanceof Interrupted) return await askStop(talk, error.isClosed);
    throw error;
  }
}

async function line(talk: Conversation, question: string, masked = false): Promise<string> {
  return await said(talk, question, { masked });
}

/** Asks for text for the record, or for a command: it may be pasted, with many lines. */
async function words(talk: Conversation, question: string): Promise<string> {
  return await said(talk, question, { manyLines: true });
}

async function said(talk: Conversation, question: string, options: PromptOptions): Promise<string> {
  const reply = await talk.prompts.ask(harmlessLine(question), options);
  if (reply.kind === 'line') return reply.text.trim();
  throw new Interrupted(reply.kind === 'closed');
}

async function askGate(talk: Conversation, gate: GateView): Promise<Intent | undefined> {
  const others = choicesOf(talk.view);
  if (gate.level === 'key') {
    const question = gate.simulated === true ? 'Dry run. Continue?' : 'Run it?';
    const answer = await line(talk, `${question} y, ${keysOf(others, talk)}: `);
    if (answer === 'y') return { type: 'confirm', digest: gate.digest };
    return await carryOut(talk, others, answer);
  }
  const phrase = gate.phrase ?? '';
  const answer = await line(talk, `Type ${phrase} to run it, or ${keysOf(others, talk)}: `);
  const isKey = isKeyAt(others, answer);
  // A reserved word never confirms, whatever an older record requires.
  if (isPhrase(answer, phrase) && !isKey) return { type: 'confirm', digest: gate.digest, phrase };
  if (isKey) return await carryOut(talk, others, answer);
  talk.write('Nothing was run.');
  return undefined;
}

function isKeyAt(choices: readonly Choice[], answer: string): boolean {
  const looks = answer === 'n' || answer === '!' || LOOKS[answer] !== undefined;
  return looks || choices.some(({ key }) => key === answer);
}

async function askAnswer(talk: Conversation, awaited: AwaitedView): Promise<Intent | undefined> {
  const choices = awaited.choices ?? [];
  const without = awaited.input === undefined ? '' : 'Enter continues without it, ';
  const question = `answer (${without}Ctrl-C for other choices): `;
  const answer = await line(talk, question, awaited.secret === true);
  if (answer === '' && awaited.input === undefined) return undefined;
  const value = choices.length === 0 ? answer : (choices[Number(answer) - 1] ?? answer);
  return { type: 'answer', value };
}

async function askDecision(talk: Conversation, awaited: AwaitedView): Promise<Intent | undefined> {
  const others = choicesOf(talk.view);
  const { clauses = [], barred = [] } = awaited;
  const all = `1–${clauses.length}, 0 for the next step`;
  const numbers = barred.length === 0 ? all : offeredNumbers(awaited);
  const question = `Which branch? ${numbers}, ${keysOf(others, talk)}: `;
  const answer = await line(talk, question);
  if (!/^\d+$/.test(answer)) return await carryOut(talk, others, answer);
  const clause = Number(answer) === 0 ? null : Number(answer) - 1;
  if (!isOffered(awaited, clause)) return undefined;
  const reason = await line(talk, 'Why this branch? ');
  return { type: 'choose', clause, reason };
}

function keysOf(choices: readonly Choice[], { view }: Conversation): string {
  const all = choices.map(({ key, label }) => `${key === '⏎' ? 'Enter' : key} ${label}`);
  const canEnter = view.behind === undefined && commandTargets(view).length > 0;
  const looks = Object.entries(LOOKS).map(([key, what]) => `${key} ${what}`);
  return [...all, 'n note', ...(canEnter ? ['! command'] : []), ...looks].join(', ');
}

async function carryOut(
  talk: Conversation,
  choices: readonly Choice[],
  answer: string,
): Promise<Intent | undefined> {
  if (answer === 'n') {
    const text = await words(talk, 'note: ');
    return text === '' ? undefined : { type: 'note', text };
  }
  if (answer === '!') return await askCommand(talk);
  const looked = LOOKS[answer];
  if (looked !== undefined) {
    await talk.show(looked);
    return undefined;
  }
  const choice = choices.find(({ key }) => key === (answer === '' ? '⏎' : answer));
  if (choice === undefined) {
    // What was typed may be a secret that was meant for another prompt.
    if (answer !== '') talk.write('That is not one of the keys: nothing was done.');
    return undefined;
  }
  const { name } = choice;
  if (name === 'jump') return await askJump(talk);
  if (name === 'undo') return await askUndo(talk);
  if (name === 'edit') return await askEdit(talk);
  if (choice.asks === undefined) return intentOf(name, talk.view, '');
  const reason = await words(talk, `${choice.asks.question} `);
  if (reason === '' && choice.asks.required) {
    talk.write('A reason is required.');
    return undefined;
  }
  return intentOf(name, talk.view, reason);
}

/** Asks for the target and text of an ad-hoc command; its effect is classified before it runs. */
async function askCommand(talk: Conversation): Promise<Intent | undefined> {
  const { view } = talk;
  const targets = commandTargets(view);
  if (view.behind !== undefined) return undefined;
  for (const [index, name] of targets.length > 1 ? targets.entries() : [])
    talk.write(`  ${index + 1}  ${name} (${view.targets[name] ?? ''})`);
  const answer = targets.length > 1 ? await line(talk, 'on target number [1]: ') : '';
  const target = targets[answer === '' ? 0 : Number(answer) - 1];
  if (target === undefined) {
    if (targets.length === 0)
      talk.write(
        view.ofTeam
          ? 'A run of a team takes no ad-hoc commands.'
          : 'This runbook has no target for a command.',
      );
    return undefined;
  }
  const what = view.places[target]?.engine == null ? 'script' : 'SQL';
  const text = await words(talk, `${what} on ${target}: `);
  return text === '' ? undefined : { type: 'adhoc', target, text };
}

async function askJump(talk: Conversation): Promise<Intent | undefined> {
  const steps = jumpTargets(talk.view);
  for (const [index, step] of steps.entries()) {
    talk.write(`  ${index + 1}  ${step.title} (${STATE_WORD[step.state]})`);
  }
  const step = steps[Number(await line(talk, 'go to step number: ')) - 1];
  if (step === undefined) return undefined;
  talk.write(jumpNote(talk.view, step.id));
  return { type: 'jump', step: step.id, reason: await line(talk, 'why? ') };
}

async function askUndo(talk: Conversation): Promise<Intent | undefined> {
  const steps = (talk.view.awaited?.undoable ?? []).toReversed();
  for (const [index, id] of steps.entries())
    talk.write(`  ${index + 1}  ${titleOf(talk.view, id)}`);
  const number = steps.length === 1 ? 1 : Number(await line(talk, 'undo number: '));
  const step = steps[number - 1];
  if (step === undefined) return undefined;
  const reason = await line(talk, 'Why undo it? ');
  if (reason !== '') return { type: 'undo', step, reason };
  talk.write('A reason is required.');
  return undefined;
}

async function askEdit(talk: Conversation): Promise<Intent | undefined> {
  const inputs: Record<string, string> = {};
  talk.write(
    'Earlier steps keep the results they got with the old values, unless you go back to them.',
  );
  for (const { name, value, secret } of inputsAt(talk.view, talk.view.current ?? '')) {
    const now = secret ? 'unchanged' : value === null ? '' : inputText(value);
    const text = await line(talk, `${name} [${now}]: `, secret);
    if (text !== '') inputs[name] = text;
  }
  return Object.keys(inputs).length === 0 ? undefined : { type: 'edit', inputs };
}

async function askStop(talk: Conversation, isClosed: boolean): Promise<Intent | undefined> {
  // A terminal that is gone can no longer answer.
  if (isClosed) return { type: 'leave' };
  const out = waysOutOf(talk.view);
  const isOut = ({ name }: Choice) => out.some((way) => way.name === name);
  const here = choicesOf(talk.view).filter((one) => one.name !== 'continue' && !isOut(one));
  // A decline and an abort share a letter; after Ctrl-C the letter means abort.
  const others = [...here.filter(({ key }) => out.every((way) => way.key !== key)), ...out];
  try {
    return await carryOut(
      talk,
      others,
      await line(talk, `Enter continue, ${keysOf(others, talk)}: `),
    );
  } catch (error) {
    if (error instanceof Interrupted) return { type: 'leave' };
    throw error;
  }
}
