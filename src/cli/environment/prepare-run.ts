import { EXIT, environmentError, RunbookError } from '#errors.ts';
import { parseInput } from '#runbook/model/input-text.ts';
import type { InputDefinition, Runbook, TargetDefinition } from '#runbook/model/runbook.ts';
import { engineOfTarget } from '#runbook/model/target-definition.ts';
import type { Secret } from '#safety/redaction/redactor.ts';
import { isSecretByValue, secretByValue } from '../config/secrets-by-value.ts';
import {
  type ConfiguredEnvironment,
  type ConfiguredTarget,
  type ConfiguredValue,
  targetValues,
} from '../config/value.ts';
import { type ConfiguredValues, placeOf } from './configured-values.ts';
import { keptValue, staysSecret, withSecretInputs } from './kept-value.ts';
import { checkDatabaseUrl, inputOf, overrideTarget } from './override-target.ts';
import type { Resolved } from './resolve-reference.ts';

/** A runbook with the values of an environment. */
export type PreparedRun = {
  /**
   * Its targets are those of the environment; its inputs are secret if their values come from a
   * secret source.
   */
  readonly runbook: Runbook;
  /** Texts of inputs by name. */
  readonly given: Readonly<Record<string, string>>;
  /** Texts to mask besides secret inputs. */
  readonly secrets: readonly Secret[];
  /** Warnings for the person who starts the run. */
  readonly warnings: readonly string[];
  /** Required values that could not be resolved. */
  readonly failures: readonly string[];
};

/**
 * Prepares a runbook for an environment; `flags` are inputs that override those of the environment.
 * Throws an environment error for a value of the wrong kind.
 */
export async function prepareRun(
  runbook: Runbook,
  environment: ConfiguredEnvironment,
  values: ConfiguredValues,
  flags: Readonly<Record<string, string>>,
): Promise<PreparedRun> {
  const preparation = new Preparation(runbook, environment, values, flags);
  await preparation.inputs();
  await preparation.targets();
  return preparation.prepared();
}

/** Throws an environment error that lists every required value that is unavailable. */
export function refuseIncomplete({ failures }: PreparedRun, environment: string): void {
  if (failures.length === 0) return;
  throw environmentError(
    `the environment "${environment}" is incomplete\n\n${failures.join('\n\n')}`,
    'check it with runbook doctor; --input NAME=VALUE overrides it',
  );
}

class Preparation {
  readonly #runbook: Runbook;
  readonly #environment: ConfiguredEnvironment;
  readonly #values: ConfiguredValues;
  readonly #given: Record<string, string>;
  readonly #flags: Readonly<Record<string, string>>;
  readonly #targets = new Map<string, TargetDefinition>();
  readonly #secretInputs = new Set<string>();
  readonly #secrets: Secret[] = [];
  readonly #warnings: string[] = [];
  readonly #failures: string[] = [];

  constructor(
    runbook: Runbook,
    environment: ConfiguredEnvironment,
    values: ConfiguredValues,
    flags: Readonly<Record<string, string>>,
  ) {
    this.#runbook = runbook;
    this.#environment = environment;
    this.#values = values;
    this.#flags = flags;
    this.#given = { ...flags };
  }

  prepared(): PreparedRun {
    const { targets } = this.#runbook;
    return {
      runbook: {
        ...withSecretInputs(this.#runbook, this.#secretInputs),
        targets: targets.map((target) => this.#targets.get(target.name) ?? target),
      },
      given: this.#given,
      secrets: this.#secrets,
      warnings: this.#warnings,
      failures: this.#failures,
    };
  }

  async inputs(): Promise<void> {
    await Promise.all(
      this.#runbook.inputs.map(async (input) => {
        const value = this.#environment.inputs.get(input.name);
        if (value === undefined || Object.hasOwn(this.#flags, input.name)) return;
        const isNeeded = input.required && input.default === null;
        const text = await this.#text(value, isNeeded, input.type);
        if (text === undefined) return;
        this.#warn(value, input.secret);
        this.#give(input, value, text);
      }),
    );
  }

  /** Sequential: an address may become the value of an input that another target uses. */
  async targets(): Promise<void> {
    for (const definition of this.#runbook.targets) {
      const configured = this.#environment.targets.get(definition.name);
      if (configured === undefined) continue;
      const texts = new Map<ConfiguredValue, string>();
      if (definition.kind === 'database' && configured.kind === 'database')
        await this.#addresses(definition, configured, texts);
      else await this.#names(configured, texts);
      this.#targets.set(definition.name, overrideTarget(definition, configured, texts));
    }
  }

  async #names(configured: ConfiguredTarget, texts: Map<ConfiguredValue, string>): Promise<void> {
    for (const value of targetValues(configured)) {
      const text = await this.#text(value, true);
      if (text !== undefined) texts.set(value, text);
    }
  }

  /** Leaves in `texts` the addresses that replace the runbook's own. */
  async #addresses(
    definition: Extract<TargetDefinition, { kind: 'database' }>,
    configured: Extract<ConfiguredTarget, { kind: 'database' }>,
    texts: Map<ConfiguredValue, string>,
  ): Promise<void> {
    for (const part of ['database', 'reserve'] as const) {
      const value = configured[part];
      const input = this.#inputNamed(inputOf(definition[part]));
      const isFlag = input !== undefined && Object.hasOwn(this.#flags, input.name);
      if (value === undefined || isFlag) continue;
      const url = await this.#text(value, part === 'database');
      if (url === undefined) continue;
      this.#warn(value, false);
      checkDatabaseUrl(url, engineOfTarget(definition) ?? configured.engine, value);
      // The address is that of an input, so other uses of the input mean this address too.
      if (input !== undefined && !Object.hasOwn(this.#given, input.name))
        this.#give({ ...input, secret: true }, value, url);
      else {
        texts.set(value, url);
        const name = part === 'database' ? definition.name : `${definition.name}_reserve`;
        this.#secrets.push({ name, value: url });
      }
    }
  }

  #inputNamed(name: string | undefined): InputDefinition | undefined {
    return this.#runbook.inputs.find((input) => input.name === name);
  }

  #give(input: InputDefinition, value: ConfiguredValue, text: string): void {
    const isSecret = staysSecret(input, value.reference);
    if (isSecret) this.#secretInputs.add(input.name);
    try {
      parseInput({ ...input, secret: isSecret }, text);
    } catch (error) {
      if (!(error instanceof RunbookError) || error.exitCode !== EXIT.invalid) throw error;
      throw environmentError(error.message, `it is set in ${placeOf(value)}`, error);
    }
    this.#given[input.name] = text;
  }

  async #text(
    value: ConfiguredValue,
    isNeeded: boolean,
    type: InputDefinition['type'] = 'url',
  ): Promise<string | undefined> {
    const resolved = await this.#values.resolve(value);
    const text = resolved.ok ? keptValue(resolved.text, type) : undefined;
    if (resolved.ok && text !== undefined) {
      if (resolved.warning !== undefined) this.#warnings.push(resolved.warning);
      return text;
    }
    const failure = failureText(value, resolved.ok ? EMPTY_LINE : resolved);
    if (isNeeded) this.#failures.push(failure);
    else this.#warnings.push(`${failure}\n  The run continues without it.`);
    return undefined;
  }

  #warn(value: ConfiguredValue, isDeclared: boolean): void {
    if (!isSecretByValue(value, isDeclared)) return;
    const { message, hint } = secretByValue(value);
    this.#warnings.push(`${message}\n  ${placeOf(value)}: ${hint}`);
  }
}

const EMPTY_LINE = { ok: false, reason: 'its first line is empty', hint: undefined } as const;

/** Returns why a value is unavailable, with its place and its source. */
export function failureText(
  value: ConfiguredValue,
  { reason, hint }: Extract<Resolved, { ok: false }>,
): string {
  const said = hint === undefined ? '' : `\n  ${hint.replaceAll('\n', '\n  ')}`;
  return `${value.key} has no value: ${reason}\n  ${placeOf(value)}${said}`;
}
