import type { TargetFacts } from '#machine/context.ts';
import type { InputDefinition } from '#runbook/model/runbook.ts';
import type { Value } from '#runbook/model/value.ts';
import { createRedactor, type Redactor, type Secret } from '#safety/redaction/redactor.ts';
import type { Known } from '#safety/redaction/wanted.ts';

/** The secrets of a run: never written down, and masked wherever they turn up. */
export class SecretValues {
  readonly #values = new Map<string, string>();
  /** Values that an edit has replaced: a server or a script may still print them. */
  readonly #replaced: Secret[] = [];
  readonly #facts = new Set<string>();
  readonly #seen = new Set<string>();
  #redactor: Redactor | undefined;

  /** Remembers a secret under the name it is masked with, e.g. `database_url`. */
  keep(name: string, value: string): void {
    const before = this.#values.get(name);
    if (before !== undefined && before !== value) this.#replaced.push({ name, value: before });
    this.#values.set(name, value);
    this.#redactor = undefined;
  }

  /** Remembers those of the values that are secret, and of the others that they may be seen. */
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

  /** Remembers values that may be seen: a secret that equals one is masked only where it stands as a password. */
  showAll(values: readonly unknown[]): void {
    for (const value of values)
      if (typeof value === 'string' || typeof value === 'number') this.#show(this.#seen, value);
  }

  /** Remembers where targets are, which may be seen, as {@link showAll} does. */
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

  /** Remembers what turned out to be secret on the way; what is known already keeps its name. */
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

  /** Returns whether a text is masked now, wholly or in part. */
  readonly isSecret = (text: string): boolean => this.redactor.text(text) !== text;

  /** Masks every secret that was ever known. */
  get redactor(): Redactor {
    const current = [...this.#values].map(([name, value]) => ({ name, value }));
    this.#redactor ??= this.makeRedactor([...current, ...this.#replaced], {
      facts: [...this.#facts],
      values: [...this.#seen],
    });
    return this.#redactor;
  }

  protected makeRedactor(secrets: readonly Secret[], known: Known): Redactor {
    return createRedactor(secrets, known);
  }
}
