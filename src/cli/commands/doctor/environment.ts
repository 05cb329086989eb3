import { RunbookError } from '#errors.ts';
import { childTexts, lackingInputs, openInputs } from '#run/values/child-inputs.ts';
import { inputValues, missingInputs } from '#run/values/inputs.ts';
import { resolveTargets, type Target } from '#run/values/targets.ts';
import type { Runbook } from '#runbook/model/runbook.ts';
import type { Secret } from '#safety/redaction/redactor.ts';
import { didYouMean } from '#text/suggest.ts';
import {
  type ConfiguredEnvironment,
  type ConfiguredValue,
  targetValues,
} from '../../config/value.ts';
import { type ConfiguredValues, placeOf } from '../../environment/configured-values.ts';
import { type PreparedTree, prepareTree } from '../../environment/prepare-children.ts';
import { Section } from './check.ts';

/** The findings about an environment after its values were resolved. */
export type EnvironmentFindings = {
  readonly section: Section;
  /** The targets of the runbooks in that environment. */
  readonly targets: readonly UsedTarget[];
  readonly secrets: readonly Secret[];
};

/** A target with the runbook that uses it. */
export type UsedTarget = Target & { readonly runbook: Runbook };

/** The scope of the checks. */
export type Question = {
  readonly runbooks: readonly Runbook[];
  /** True if this runbook was named: a missing value is then a problem. */
  readonly isNamed: boolean;
  readonly values: ConfiguredValues;
};

const NOTHING: Omit<ConfiguredEnvironment, 'name'> = {
  description: undefined,
  inputs: new Map(),
  targets: new Map(),
};

/** Resolves the values of an environment and checks them against the runbooks. */
export async function environmentFindings(
  environment: ConfiguredEnvironment,
  question: Question,
): Promise<EnvironmentFindings> {
  const section = new Section(`environment ${environment.name}`);
  const secrets = await valueChecks(environment, question, section);
  strangerChecks(environment, question, section);
  const ready = await readiness(environment, question, section);
  return { section, targets: ready.targets, secrets: [...secrets, ...ready.secrets] };
}

/** Checks the variables that runbooks name themselves, if no environment is named. */
export async function plainFindings(question: Question): Promise<EnvironmentFindings> {
  const section = new Section('without an environment');
  const ready = await readiness({ name: '', ...NOTHING }, question, section);
  return { section, ...ready };
}

async function valueChecks(
  environment: ConfiguredEnvironment,
  { runbooks, isNamed, values }: Question,
  section: Section,
): Promise<readonly Secret[]> {
  const { inputs, targets } = environment;
  const isUsed = (part: 'inputs' | 'targets', name: string) =>
    !isNamed || runbooks.some((runbook) => runbook[part].some((one) => one.name === name));
  const wanted: ConfiguredValue[] = [
    ...[...inputs].flatMap(([name, value]) => (isUsed('inputs', name) ? [value] : [])),
    ...[...targets].flatMap(([name, one]) => (isUsed('targets', name) ? targetValues(one) : [])),
  ];
  const resolved = await Promise.all(
    wanted.map(async (value) => ({ value, end: await values.resolve(value) })),
  );
  return resolved.flatMap(({ value, end }) => {
    const name = value.key.split('.').slice(2).join('.');
    const { kind } = value.reference;
    if (!end.ok) {
      section.problem(`${name}: ${end.reason}`, [placeOf(value), end.hint ?? ''].join('\n').trim());
      return [];
    }
    if (end.warning !== undefined) section.warning(`${name}: ${end.warning}`);
    else section.ok(`${name} (${placeOf(value)})`);
    return kind === 'file' || kind === 'command' ? [{ name, value: end.text }] : [];
  });
}

/** Warns about names that no runbook has: they may be misspelled. */
function strangerChecks(
  { inputs, targets }: ConfiguredEnvironment,
  { runbooks, isNamed }: Question,
  section: Section,
): void {
  if (isNamed || runbooks.length === 0) return;
  const given = { input: [...inputs.keys()], target: [...targets.keys()] };
  const known = {
    input: new Set(runbooks.flatMap((runbook) => runbook.inputs.map(({ name }) => name))),
    target: new Set(runbooks.flatMap((runbook) => runbook.targets.map(({ name }) => name))),
  };
  for (const what of ['input', 'target'] as const)
    for (const name of given[what])
      if (!known[what].has(name))
        section.warning(`no runbook defines the ${what} ${name}`, didYouMean(name, known[what]));
}

async function readiness(
  environment: ConfiguredEnvironment,
  { runbooks, isNamed, values }: Question,
  section: Section,
): Promise<Omit<EnvironmentFindings, 'section'>> {
  const targets: UsedTarget[] = [];
  const secrets: Secret[] = [];
  const complete: string[] = [];
  const lacking: string[] = [];
  for (const runbook of runbooks) {
    try {
      const prepared = await prepareTree(runbook, environment, values, {});
      const sources = { given: prepared.given, env: process.env };
      secrets.push(...prepared.secrets, ...secretInputs(prepared.runbook, sources));
      const missing = missingInputs(prepared.runbook.inputs, sources)
        .map(({ name }) => name)
        .filter((name) => !environment.inputs.has(name))
        .concat(lackingInside(prepared));
      if (missing.length > 0) lacking.push(`${runbook.name} (${missing.join(', ')})`);
      else if (prepared.failures.length === 0) complete.push(runbook.name);
      targets.push(
        ...knownTargets(prepared.runbook, inputValues(prepared.runbook.inputs, sources)),
        ...targetsInside(prepared),
      );
    } catch (error) {
      if (!(error instanceof RunbookError)) throw error;
      section.problem(`${runbook.name}: ${error.message}`, error.hint);
    }
  }
  if (complete.length > 0) section.ok(`everything is set for ${complete.join(', ')}`);
  const lacks = `inputs without a value: ${lacking.join(', ')}`;
  if (lacking.length > 0 && isNamed && environment.name !== '') section.problem(lacks);
  else if (lacking.length > 0) section.warning(lacks, 'you are asked for them when a run starts');
  return { targets, secrets };
}

/** Returns the missing inputs of runbooks that run as steps, by runbook and input. */
function lackingInside(prepared: PreparedTree): readonly string[] {
  return lackingInputs(prepared.runbook, textsInside(prepared)).flatMap(
    ({ runbook: { name: child }, inputs }) => inputs.map(({ name }) => `${child}.${name}`),
  );
}

/**
 * Returns the targets of runbooks that run as steps, as the environment defines them. A step can
 * override them.
 */
function targetsInside(prepared: PreparedTree): readonly UsedTarget[] {
  const texts = textsInside(prepared);
  return openInputs(prepared.runbook).flatMap(({ runbook: child }) =>
    knownTargets(child, inputValues(child.inputs, { given: texts.get(child.name) ?? {}, env: {} })),
  );
}

function textsInside({ runbook, children }: PreparedTree) {
  return childTexts(runbook, { given: children, env: process.env });
}

function secretInputs(
  runbook: Runbook,
  sources: Parameters<typeof inputValues>[1],
): readonly Secret[] {
  const values = inputValues(runbook.inputs, sources);
  return runbook.inputs.flatMap(({ name, secret }) => {
    const value = values[name];
    return secret && typeof value === 'string' ? [{ name, value }] : [];
  });
}

/** A target without an address does not hide the others. */
function knownTargets(
  runbook: Runbook,
  inputs: ReturnType<typeof inputValues>,
): readonly UsedTarget[] {
  return runbook.targets.flatMap((target) => {
    try {
      const found = resolveTargets({ ...runbook, targets: [target], steps: [] }, inputs);
      return found.map((one) => ({ ...one, runbook }));
    } catch {
      return [];
    }
  });
}
