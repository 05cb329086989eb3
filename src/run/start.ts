import { EVENT_VERSION, type EventOf, type RunEvent } from '#events/log/event.ts';
import type { StartedRunbook } from '#events/log/parts.ts';
import { CURRENT_RULES } from '#events/log/run-event.ts';
import { foldEvent } from '#events/view/fold.ts';
import { begin } from '#machine/advance.ts';
import { compileAsOpened } from '#machine/compile-runbook.ts';
import type { Runbook } from '#runbook/model/runbook.ts';
import type { Json } from '#runbook/model/value.ts';
import { partsOf, type Source } from '#runbook/yaml/source.ts';
import type { NewRunOptions } from './options.ts';
import { type OpenRun, openSession } from './session/open.ts';
import { sha256 } from './sha256.ts';
import {
  type ChildTexts,
  childTexts,
  keepChildSecrets,
  openInputs,
  shownTexts,
} from './values/child-inputs.ts';
import { childRunbooks } from './values/child-runbooks.ts';
import { RunValues } from './values/current.ts';
import { hostOf } from './values/host-of.ts';
import { inputValues } from './values/inputs.ts';
import { maskEvent } from './values/mask-event.ts';
import { childOpener } from './values/open-child.ts';
import { SecretValues } from './values/secrets.ts';
import { stepOutlines } from './values/step-outlines.ts';
import { targetFacts } from './values/targets.ts';

/**
 * Starts a run: creates its record, and returns the session, which compiles the machine when it begins. Rejects with a usage error for missing
 * or invalid inputs, and with an environment error if nothing can be recorded.
 */
export async function startRun(runbook: Runbook, options: NewRunOptions): Promise<OpenRun> {
  const { store, surroundings, source, given } = options;
  const inputs = inputValues(runbook.inputs, { given, env: surroundings.env });
  const secrets = new SecretValues();
  for (const { name, value } of options.environment?.secrets ?? []) secrets.keep(name, value);
  const values = new RunValues(runbook, inputs, secrets);
  const mode = options.mode ?? 'live';
  const texts = childTexts(runbook, { given: options.children, env: surroundings.env });
  keepChildSecrets(runbook, texts, secrets);
  const openChild = childOpener(texts);
  const now = surroundings.clock();
  const record = await store.create({
    source,
    children: childRunbooks(runbook),
    name: runbook.name,
    now,
    random: surroundings.random,
  });
  const journal = await record.journal.open({ clock: surroundings.clock });
  const event = startedEvent(runbook, options, record.id, values, inputs, texts);
  const started = journal.append(maskEvent(event, secrets.redactor));
  await journal.durable();
  const open = openSession({
    runbook,
    journal,
    record,
    values,
    secrets,
    options,
    view: foldEvent(undefined, started),
  });
  const beginRun = (): void => {
    const { isSecret } = secrets;
    const machine = compileAsOpened(runbook, sha256, { mode, openChild, isSecret });
    const first = begin(machine, {
      run: { id: record.id, operator: surroundings.operator, started_at: started.at },
      inputs,
      targets: targetFacts(values.current),
      auto: options.auto,
      ...CURRENT_RULES,
    });
    open.session.start(first);
  };
  return { ...open, begin: beginRun };
}

function startedEvent(
  runbook: Runbook,
  options: NewRunOptions,
  runId: string,
  values: RunValues,
  inputs: Readonly<Record<string, unknown>>,
  texts: ChildTexts,
): RunEvent {
  const { source, commit, changedSinceCommit, auto, environment, mode = 'live' } = options;
  const { stepwise = false, repeated } = options;
  const { operator, host, pid, program, terminal, worker } = options.surroundings;
  const prerequisites = runbook.prerequisites.map(({ text }) => text);
  const children = openInputs(runbook).map(({ runbook: child }) => {
    const shown = shownTexts(child, texts.get(child.name));
    return {
      name: child.name,
      file: child.source.file,
      sha256: sha256(child.source.text),
      ...librariesOf(child.source),
      ...(shown.length === 0 ? {} : { inputs: shown }),
      ...(child.impact === undefined ? {} : { impact: child.impact }),
      ...(marksCauses(child) ? { marksCauses: true as const } : {}),
      ...(child.prevention.length === 0 ? {} : { prevention: child.prevention }),
    };
  });
  return {
    type: 'run.started',
    version: EVENT_VERSION,
    runId,
    mode,
    auto,
    ...CURRENT_RULES,
    ...(stepwise ? { stepwise } : {}),
    ...(environment === undefined ? {} : { environment: environment.name }),
    ...(repeated === undefined || repeated === '' ? {} : { options: repeated }),
    runbook: {
      name: runbook.name,
      title: runbook.title,
      severity: runbook.severity,
      summary: runbook.summary,
      file: source.file,
      sha256: sha256(source.text),
      ...librariesOf(source),
      ...(commit === undefined ? {} : { commit }),
      ...(changedSinceCommit === undefined ? {} : { changedSinceCommit }),
      ...(runbook.impact === undefined ? {} : { impact: runbook.impact }),
      ...(marksCauses(runbook) ? { marksCauses: true as const } : {}),
      prevention: runbook.prevention,
      related: runbook.related,
    },
    steps: stepOutlines(runbook),
    ...(prerequisites.length === 0 ? {} : { prerequisites }),
    ...(children.length === 0 ? {} : { children }),
    inputs: runbook.inputs.map(({ name, secret }) => ({
      name,
      secret,
      value: shownInput(inputs[name], secret, name),
    })),
    targets: values.current.map(({ facts }) => facts),
    operator,
    host,
    pid,
    program,
    ...(worker === undefined ? {} : { worker }),
    ...practised(runbook, options, inputs),
    ...(terminal === undefined ? {} : { terminal }),
  };
}

/** A run is practice by where it leads: somebody may take the shell of a drill to a real server. */
function practised(
  { inputs: definitions }: Runbook,
  { surroundings: { practice } }: NewRunOptions,
  inputs: Readonly<Record<string, unknown>>,
): Pick<EventOf<'run.started'>, 'practice'> {
  if (practice === undefined) return {};
  const urls = definitions.filter(({ type }) => type === 'url').map(({ name }) => inputs[name]);
  const given = urls.filter((url) => typeof url === 'string');
  const isOfDrill = given.every((url) => practice.hosts.includes(hostOf(url)));
  return given.length > 0 && isOfDrill ? { practice: practice.folder } : {};
}

/** Returns the library files that are part of a runbook's text, each with the digest of its own. */
function librariesOf(source: Source): Pick<StartedRunbook, 'libraries'> {
  const libraries = partsOf(source).flatMap(({ name, span }) =>
    name === undefined ? [] : [{ name, sha256: sha256(source.text.slice(span.start, span.end)) }],
  );
  return libraries.length === 0 ? {} : { libraries };
}

function shownInput(value: unknown, secret: boolean, name: string): Json {
  if (value === null || value === undefined) return null;
  return secret ? `‹secret:${name}›` : (value as Json);
}

function marksCauses({ steps }: Runbook): boolean {
  return steps.some(({ next }) => next.some(({ isCause }) => isCause));
}
