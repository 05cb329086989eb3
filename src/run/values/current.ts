import { RunbookError } from '#errors.ts';
import type { Intent } from '#events/log/intent.ts';
import type { Call } from '#machine/effect.ts';
import { frameOfStep, placedSteps, qualified } from '#machine/placed-step.ts';
import { parseInput } from '#runbook/model/input-text.ts';
import type { Runbook } from '#runbook/model/runbook.ts';
import type { Value } from '#runbook/model/value.ts';
import type { ResolvedTarget } from '#steps/open-executors.ts';
import { typedInputs } from '../session/intents.ts';
import type { Values } from '../session/machine-events.ts';
import type { InputValues } from './inputs.ts';
import type { SecretValues } from './secrets.ts';
import { resolveTargets, type Target, targetFacts } from './targets.ts';

/** A runbook of a run, with its current inputs and targets. */
type Held = {
  readonly runbook: Runbook;
  readonly inputs: InputValues;
  readonly targets: readonly Target[];
};

/** The current inputs and targets of a run; edits during the run change them. */
export class RunValues implements Values {
  readonly #runbook: Runbook;
  readonly #secrets: SecretValues;
  /** By the step that runs it; the runbook of the run itself under the empty name. */
  readonly #held = new Map<string, Held>();

  constructor(runbook: Runbook, inputs: InputValues, secrets: SecretValues) {
    this.#runbook = runbook;
    this.#secrets = secrets;
    secrets.keepLiterals(runbook);
    secrets.keepInputs(runbook.inputs, inputs);
    secrets.showAll([runbook.name, ...placedSteps(runbook).keys()]);
    this.#hold('', runbook, inputs);
  }

  /** The current targets of the run's own runbook. */
  get current(): readonly Target[] {
    return this.#held.get('')?.targets ?? [];
  }

  /** Returns the current targets of the runbook that contains a step, by their names there. */
  targetsAt(step: string): ReturnType<typeof targetFacts> {
    return targetFacts(this.#held.get(frameOfStep(step))?.targets ?? []);
  }

  typed(intent: Intent, step: string): InputValues | undefined {
    const typed = typedInputs(this.#runbook, intent, step);
    if (typed === undefined) return undefined;
    const values: Record<string, Value> = {};
    for (const definition of this.#held.get(frameOfStep(step))?.runbook.inputs ?? []) {
      const text = typed[definition.name];
      if (text !== undefined) values[definition.name] = parseInput(definition, text);
    }
    return values;
  }

  targets(inputs: InputValues, step: string): ReturnType<typeof targetFacts> {
    const held = this.#held.get(frameOfStep(step));
    if (held === undefined) return {};
    return targetFacts(resolveTargets(held.runbook, { ...held.inputs, ...inputs }));
  }

  /** Applies edited inputs: the targets of the step's runbook change accordingly. */
  edit(inputs: InputValues, step: string): void {
    const frame = frameOfStep(step);
    const held = this.#held.get(frame);
    if (held !== undefined) this.#hold(frame, held.runbook, { ...held.inputs, ...inputs });
  }

  /**
   * Returns why typed inputs at a step are invalid, or undefined if they are valid; changes
   * nothing.
   */
  refusalOf(intent: Intent, step: string): string | undefined {
    try {
      const inputs = this.typed(intent, step);
      if (inputs !== undefined) this.targets(inputs, step);
      return undefined;
    } catch (error) {
      if (!(error instanceof RunbookError)) throw error;
      return error.hint === undefined ? error.message : `${error.message}: ${error.hint}`;
    }
  }

  /** Returns the current address of a target, by its name in the run. */
  targetNamed(name: string): ResolvedTarget | undefined {
    return this.all.find((target) => target.name === name);
  }

  /** All current targets, by their names in the run. */
  get all(): readonly ResolvedTarget[] {
    return [...this.#held].flatMap(([frame, { targets }]) =>
      targets.map(({ resolved }) => ({ ...resolved, name: qualified(frame, resolved.name) })),
    );
  }

  /** Registers a runbook that starts as a step: its secrets and its targets. */
  called({ step, runbook, inputs }: Call): void {
    for (const { name, secret } of runbook.inputs) {
      const value = inputs[name];
      if (secret && typeof value === 'string') this.#secrets.keepFound(`${step}.${name}`, value);
    }
    this.#hold(step, runbook, inputs);
  }

  #hold(frame: string, runbook: Runbook, inputs: InputValues): void {
    const targets = resolveTargets(runbook, inputs);
    this.#secrets.showTargets(targets.map(({ facts }) => facts));
    this.#held.set(frame, { runbook, inputs, targets });
  }
}
