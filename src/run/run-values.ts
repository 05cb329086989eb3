import { RunbookError } from '../errors.ts';
import type { Call } from '../machine/effect.ts';
import { placedSteps, qualified } from '../machine/placed-step.ts';
import type { Runbook } from '../runbook/runbook.ts';
import type { Value } from '../runbook/value.ts';
import type { ResolvedTarget } from '../steps/open-executors.ts';
import { type InputValues, parseInput } from './input-values.ts';
import type { Values } from './machine-events.ts';
import type { SecretValues } from './secret-values.ts';
import { resolveTargets, type Target, targetFacts } from './targets.ts';

/** The inputs and targets of a run as they are now; edits during the run change them. */
export class RunValues implements Values {
  readonly #runbook: Runbook;
  readonly #secrets: SecretValues;
  #inputs: InputValues;
  #targets: readonly Target[];
  /** Of the runbooks that run as steps, by step. */
  readonly #inside = new Map<string, readonly Target[]>();

  constructor(runbook: Runbook, inputs: InputValues, secrets: SecretValues) {
    this.#runbook = runbook;
    this.#secrets = secrets;
    this.#inputs = inputs;
    this.#targets = resolveTargets(runbook, inputs);
    secrets.keepInputs(runbook.inputs, inputs);
    secrets.showAll([runbook.name, ...placedSteps(runbook).keys()]);
    secrets.showTargets(this.#targets.map(({ facts }) => facts));
  }

  /** Where each target is now. */
  get current(): readonly Target[] {
    return this.#targets;
  }

  inputs(typed: Readonly<Record<string, string>>): Readonly<Record<string, Value>> {
    const values: Record<string, Value> = {};
    for (const definition of this.#runbook.inputs) {
      const text = typed[definition.name];
      if (text !== undefined) values[definition.name] = parseInput(definition, text);
    }
    return values;
  }

  targets(inputs: Readonly<Record<string, Value>>): ReturnType<typeof targetFacts> {
    return targetFacts(resolveTargets(this.#runbook, { ...this.#inputs, ...inputs }));
  }

  /** Takes edited inputs over: from here on the targets are where these say. */
  edit(inputs: Readonly<Record<string, Value>>): void {
    this.#inputs = { ...this.#inputs, ...inputs };
    this.#targets = resolveTargets(this.#runbook, this.#inputs);
    this.#secrets.showTargets(this.#targets.map(({ facts }) => facts));
  }

  /** Returns why what was typed can be no inputs of the run, or nothing; changes nothing. */
  refusalOf(typed: Readonly<Record<string, string>>): string | undefined {
    try {
      this.targets(this.inputs(typed));
      return undefined;
    } catch (error) {
      if (!(error instanceof RunbookError)) throw error;
      return error.hint === undefined ? error.message : `${error.message}: ${error.hint}`;
    }
  }

  /** Where a target is now, by its name in the run. */
  targetNamed(name: string): ResolvedTarget | undefined {
    const known = [...this.#targets, ...[...this.#inside.values()].flat()];
    return known.find(({ resolved }) => resolved.name === name)?.resolved;
  }

  /** Takes note of a runbook that begins as a step: its secrets, and where its targets are. */
  called({ step, runbook, inputs }: Call): void {
    for (const { name, secret } of runbook.inputs) {
      const value = inputs[name];
      if (secret && typeof value === 'string') this.#secrets.keepFound(`${step}.${name}`, value);
    }
    const targets = resolveTargets(runbook, inputs).map(({ resolved, facts }) => ({
      resolved: { ...resolved, name: qualified(step, resolved.name) },
      facts,
    }));
    this.#secrets.showTargets(targets.map(({ facts }) => facts));
    this.#inside.set(step, targets);
  }
}
