import type { TargetFacts } from '#machine/context.ts';
import { innerRunbooks } from '#runbook/inner-runbooks.ts';
import type { InputDefinition, Runbook } from '#runbook/model/runbook.ts';
import type { Value } from '#runbook/model/value.ts';
import { createRedactor, type Redactor, type Secret } from '#safety/redaction/redactor.ts';
import type { Known } from '#safety/redaction/wanted.ts';

/** The secrets of a run: never recorded, and masked wherever they appear. */
export class SecretValues {
  readonly #values = new Map<string, string>();
  /** Values that an edit has replaced, which a server or a script may still print, and those in the text of the runbook. */
  readonly #unnamed: Secret[] = [];
  readonly #facts = new Set<string>();
  readonly #seen = new Set<string>();
  #redactor: Redactor | undefined;

  /** Registers a secret under the name of its mask, e.g. `database_url`. */
  keep(name: string, value: string): void {
    const before = this.#values.get(name);
    if (before !== undefined && before !== value) this.#unnamed.push({ name, value: before });
    this.#values.set(name, value);
    this.#redactor = undefined;
  }

  /** Registers the secret values, and the others as public. */
  keepInputs(
    definitions: readonly InputDefinition[],
    values: Readonly<Record<string, Value>>,
  ): void {
    for (const { name, secret } of definitions) {
      const value = values[name];
      if (secret && typeof value === 'string') this.keep(name, value);
      if (!secret) this.showAll([value]);
    }
  }

  /** Registers what the texts of a runbook and of its inner runbooks hold of secrets. */
  keepLiterals(runbook: Runbook): void {
    for (const { literals = [] } of [runbook, ...innerRunbooks(runbook)])
      this.#unnamed.push(...literals);
    this.#redactor = undefined;
  }

  /**
   * Registers public values: a secret that equals one is masked only in the position of a password.
   */
  showAll(values: readonly unknown[]): void {
    for (const value of values)
      if (typeof value === 'string' || typeof value === 'number') this.#show(this.#seen, value);
  }

  /** Registers the addresses of targets as public, like {@link showAll}. */
  showTargets(targets: readonly TargetFacts[]): void {
    for (const { host, port, database, user, description } of targets)
      for (const fact of [host, port, database, user, description])
        if (fact !== null) this.#show(this.#facts, fact);
  }

  #show(known: Set<string>, value: string | number): void {
    const text = String(value);
    if (text === '' || known.has(text)) return;
    known.add(text);
    this.#redactor = undefined;
  }

  /** Registers a secret found during the run; a known one keeps its name. */
  keepFound(name: string, value: string): void {
    if (value === '' || [...this.#values.values()].includes(value)) return;
    let free = name;
    for (let count = 2; this.#values.has(free); count += 1) free = `${name}.${count}`;
    this.keep(free, value);
  }

  /** Returns a secret by its name. */
  get(name: string): string | undefined {
    return this.#values.get(name);
  }

  /** Returns whether a text is currently masked, in whole or in part. */
  readonly isSecret = (text: string): boolean => this.redactor.text(text) !== text;

  /** Masks every secret known so far, replaced ones included. */
  get redactor(): Redactor {
    const current = [...this.#values].map(([name, value]) => ({ name, value }));
    this.#redactor ??= this.makeRedactor([...current, ...this.#unnamed], {
      facts: [...this.#facts],
      values: [...this.#seen],
    });
    return this.#redactor;
  }

  protected makeRedactor(secrets: readonly Secret[], known: Known): Redactor {
    return createRedactor(secrets, known);
  }
}
