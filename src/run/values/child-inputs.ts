import type { EventOf, ShownChildInput } from '#events/log/event.ts';
import { placedSteps } from '#machine/placed-step.ts';
import type { InputDefinition, Runbook } from '#runbook/model/runbook.ts';
import type { SecretValues } from './secrets.ts';

/** Input texts of the runbooks that run as steps, by runbook and by input. */
export type ChildTexts = ReadonlyMap<string, Readonly<Record<string, string>>>;

/** A runbook that runs as a step, and those of its inputs that no step sets in `with`. */
export type OpenInputs = { readonly runbook: Runbook; readonly inputs: readonly InputDefinition[] };

/**
 * Returns the runbooks that run as steps, each once, with their inputs that come from the
 * environment.
 */
export function openInputs(runbook: Runbook): readonly OpenInputs[] {
  const byName = new Map<string, { runbook: Runbook; names: Set<string> }>();
  for (const { does } of placedSteps(runbook).values()) {
    if (does.kind !== 'runbook') continue;
    const known = byName.get(does.runbook.name) ?? { runbook: does.runbook, names: new Set() };
    byName.set(does.runbook.name, known);
    for (const { name } of does.runbook.inputs)
      if (!Object.hasOwn(does.with, name)) known.names.add(name);
  }
  return [...byName.values()].map(({ runbook: child, names }) => ({
    runbook: child,
    inputs: child.inputs.filter(({ name }) => names.has(name)),
  }));
}

/** Returns the input texts of the inner runbooks, as if each ran alone. */
export function childTexts(
  runbook: Runbook,
  { given, env }: { readonly given: ChildTexts | undefined; readonly env: Env },
): ChildTexts {
  return new Map(
    openInputs(runbook).map(({ runbook: { name: child }, inputs }) => {
      const texts = inputs.flatMap((input) => {
        const text = given?.get(child)?.[input.name] ?? fromVariable(input, env);
        return text === undefined ? [] : [[input.name, text] as const];
      });
      return [child, Object.fromEntries(texts)] as const;
    }),
  );
}

/** Returns the required inputs of inner runbooks that have no value. */
export function lackingInputs(runbook: Runbook, texts: ChildTexts): readonly OpenInputs[] {
  return openInputs(runbook).flatMap(({ runbook: child, inputs }) => {
    const lacking = inputs.filter(
      ({ name, required, default: other }) =>
        required && other === null && texts.get(child.name)?.[name] === undefined,
    );
    return lacking.length === 0 ? [] : [{ runbook: child, inputs: lacking }];
  });
}

/** Registers the secrets among the texts. */
export function keepChildSecrets(runbook: Runbook, texts: ChildTexts, secrets: SecretValues): void {
  for (const { runbook: child, inputs } of openInputs(runbook))
    for (const { name, secret } of inputs) {
      const text = texts.get(child.name)?.[name];
      if (secret && text !== undefined) secrets.keepFound(`${child.name}.${name}`, text);
    }
}

/** Returns the texts of one runbook for the record: secrets by their names. */
export function shownTexts(
  { inputs }: Runbook,
  texts: Readonly<Record<string, string>> = {},
): readonly ShownChildInput[] {
  return inputs.flatMap(({ name, secret }) => {
    const text = texts[name];
    if (text === undefined) return [];
    return [{ name, secret, value: secret ? `‹secret:${name}›` : text }];
  });
}

/**
 * Returns the texts from the start of a run; secrets are not in the record and come from `now`.
 * Omits those missing in `now`.
 */
export function recordedTexts(started: EventOf<'run.started'>, now: ChildTexts): ChildTexts {
  return new Map(
    (started.children ?? []).map(({ name: child, inputs = [] }) => {
      const texts = inputs.flatMap(({ name, secret, value }) => {
        const text = secret ? now.get(child)?.[name] : value;
        return text === undefined ? [] : [[name, text] as const];
      });
      return [child, Object.fromEntries(texts)] as const;
    }),
  );
}

/**
 * Returns the secrets of inner runbooks that the run started with and that are missing in `now`.
 */
export function forgottenSecrets(
  runbook: Runbook,
  started: EventOf<'run.started'>,
  now: ChildTexts,
): readonly OpenInputs[] {
  return openInputs(runbook).flatMap(({ runbook: child, inputs }) => {
    const had = started.children?.find(({ name }) => name === child.name)?.inputs ?? [];
    const forgotten = inputs.filter(
      ({ name }) =>
        had.some((one) => one.secret && one.name === name) &&
        now.get(child.name)?.[name] === undefined,
    );
    return forgotten.length === 0 ? [] : [{ runbook: child, inputs: forgotten }];
  });
}

type Env = Readonly<Record<string, string | undefined>>;

function fromVariable({ env: variable }: InputDefinition, env: Env): string | undefined {
  const text = variable === undefined ? undefined : env[variable];
  return text === '' ? undefined : text;
}
