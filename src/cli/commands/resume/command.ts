import { EXIT, RunbookError } from '#errors.ts';
import { foldEvents } from '#events/view/fold.ts';
import { withPrompts } from '#report/plain/prompts.ts';
import {
  answersToGiveAgain,
  inputsToGiveAgain,
  typedSecretInputs,
} from '#run/resume/given-again.ts';
import { resumeRun } from '#run/resume.ts';
import { type RecordedRun, readRun } from '#run/store/read-run.ts';
import { type ChildTexts, childTexts, forgottenSecrets } from '#run/values/child-inputs.ts';
import { missingInputs } from '#run/values/inputs.ts';
import type { Runbook } from '#runbook/model/runbook.ts';
import { counted } from '#text/count.ts';
import { askChildInputs, withTexts } from '../../ask-child-inputs.ts';
import { askInputs, withVariable } from '../../ask-inputs.ts';
import { readInputs } from '../../command-line.ts';
import type { CommandLine } from '../../command-spec.ts';
import { enterEnvironment } from '../../environment/enter.ts';
import { loadEffectParsers } from '../../library/effect-parsers.ts';
import {
  choosePresentation,
  type Presentation,
  prepareToPresent,
  presentRun,
} from '../../present-run.ts';
import { loadRecorded } from '../../resumable.ts';
import type { resume as spec } from '../../specs/incident.ts';
import { storeHere, surroundingsHere } from '../../surroundings.ts';
import { terminalSize } from '../../terminal-size.ts';
import { handoverTexts } from '../handover.ts';
import { newestUnfinished } from './unfinished-run.ts';

/** `runbook resume`: resumes a run and returns its exit code. */
export async function resume({ argument, options }: CommandLine<typeof spec>): Promise<number> {
  const store = storeHere();
  const recorded = await readRun(await store.open(argument ?? (await newestUnfinished(store))));
  const presentation = choosePresentation(options);
  prepareToPresent(presentation);
  const surroundings = surroundingsHere();
  const isOthers = foldEvents(recorded.records)?.operator !== surroundings.operator;
  if (isOthers && isUnfinished(recorded) && !(await takeOver(recorded.records, presentation)))
    return EXIT.paused;
  const { runbook, given, environment, children } = await enterEnvironment(
    await loadRecorded(recorded),
    {
      name: environmentOf(recorded),
      flags: readInputs(options.input),
      hasTerminal: presentation !== 'lines',
      warn: (text) => process.stderr.write(`runbook: ${text}\n`),
    },
  );
  const typed = await askTyped(typedSecretInputs(runbook, recorded.records), given, presentation);
  const known = { ...typed, ...given };
  const open = await resumeRun(runbook, recorded, {
    store,
    surroundings,
    given: {
      ...only(runbook.inputs, known),
      ...(await askAgain(inputsToGiveAgain(runbook, recorded.records), known, presentation)),
    },
    typed,
    at: options.at,
    children: withTexts(children, await askChildSecrets(runbook, children, recorded, presentation)),
    environment,
    loadParsers: loadEffectParsers,
    answers: await askAnswers(answersToGiveAgain(runbook, recorded.records), presentation),
    attended: presentation !== 'lines',
  });
  return await presentRun(open, presentation);
}

function isUnfinished({ records }: RecordedRun): boolean {
  return !records.some(({ event }) => event.type === 'run.finished');
}

function environmentOf({ records }: RecordedRun): string | undefined {
  const first = records[0]?.event;
  return first?.type === 'run.started' ? first.environment : undefined;
}

async function askAgain(
  inputs: Runbook['inputs'],
  given: Readonly<Record<string, string>>,
  presentation: Presentation,
): Promise<Readonly<Record<string, string>>> {
  const missing = missingInputs(inputs, { given, env: process.env });
  if (missing.length === 0) return {};
  if (presentation === 'lines') throw secretNeeded(missing.map(withVariable));
  return await askInputs(missing);
}

/** Asks for secrets that were typed during the run: they override the environment. */
async function askTyped(
  inputs: Runbook['inputs'],
  given: Readonly<Record<string, string>>,
  presentation: Presentation,
): Promise<Readonly<Record<string, string>>> {
  const asked = inputs.filter(({ name }) => given[name] === undefined);
  if (presentation === 'lines') {
    const missing = missingInputs(asked, { given, env: process.env });
    if (missing.length > 0) throw secretNeeded(missing.map(withVariable));
    return {};
  }
  const description = 'entered during the run, not stored';
  if (asked.length === 0) return {};
  return await askInputs(asked.map((input) => ({ ...input, env: undefined, description })));
}

function only(
  inputs: Runbook['inputs'],
  texts: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  const names = inputs.map(({ name }) => name);
  return Object.fromEntries(Object.entries(texts).filter(([name]) => names.includes(name)));
}

/** Secrets of runbooks that run as steps come from their original source, or are entered again. */
async function askChildSecrets(
  runbook: Runbook,
  given: ChildTexts,
  { records }: RecordedRun,
  presentation: Presentation,
): Promise<ChildTexts> {
  const started = records[0]?.event;
  if (started?.type !== 'run.started') return new Map();
  const now = childTexts(runbook, { given, env: process.env });
  const forgotten = forgottenSecrets(runbook, started, now);
  if (presentation !== 'lines') return await askChildInputs(forgotten);
  const names = forgotten.flatMap(({ runbook: { name: child }, inputs }) =>
    inputs.map((input) => withVariable({ ...input, name: `${child}.${input.name}` })),
  );
  if (names.length > 0) throw secretNeeded(names);
  return new Map();
}

async function askAnswers(
  steps: readonly string[],
  presentation: Presentation,
): Promise<Readonly<Record<string, string>>> {
  if (steps.length === 0) return {};
  if (presentation === 'lines') throw secretNeeded(steps);
  const description = 'answered before, not stored';
  return await askInputs(steps.map((name) => ({ name, secret: true, description })));
}

function secretNeeded(names: readonly string[]): RunbookError {
  return new RunbookError(`the run needs ${names.join(', ')} again: secrets are not stored`, {
    code: 'secret-needed',
    exitCode: EXIT.notConfirmed,
    hint: 'set their environment variables, or resume in a terminal',
  });
}

/** The number of lines of the prompt, with the one above it. */
const PROMPT_LINES = 2;
const FEWEST_LINES = 5;

/**
 * Shows the handover summary of a run, on one page, and returns whether the operator continues with
 * it.
 */
async function takeOver(
  records: RecordedRun['records'],
  presentation: Presentation,
): Promise<boolean> {
  const { stdout } = process;
  const whole = handoverTexts(records, true);
  const write = (texts: readonly string[]) => stdout.write(`${texts.join('\n')}\n\n`);
  if (presentation === 'lines') {
    stdout.write(`${whole.join('\n')}\n`);
    return true;
  }
  const room = Math.max(
    FEWEST_LINES,
    (terminalSize()?.rows ?? Number.POSITIVE_INFINITY) - PROMPT_LINES,
  );
  const page = handoverTexts(records, true, room);
  const isPart = textIn(page) < textIn(whole);
  const more = isPart ? `m shows all ${counted(whole.length, 'line')}, ` : '';
  write(page);
  return await withPrompts(async (prompts) => {
    for (;;) {
      const reply = await prompts.ask(`Enter takes over the run, ${more}Ctrl-C cancels: `);
      if (reply.kind !== 'line') return false;
      // A letter was meant for the screen that is not there yet.
      if (reply.text.trim() === '') return true;
      if (isPart && reply.text.trim() === 'm') write(whole);
    }
  });
}

/** Returns the number of lines with a text. */
function textIn(lines: readonly string[]): number {
  return lines.filter((line) => line !== '').length;
}
