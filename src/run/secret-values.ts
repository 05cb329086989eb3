import type { InputDefinition } from '../runbook/runbook.ts';
import type { Value } from '../runbook/value.ts';
import { createRedactor, type Redactor, type Secret } from '../safety/redact.ts';

/** The secrets of a run: never written down, and masked wherever they turn up. */
export class SecretValues {
  readonly #values = new Map<string, string>();
  /** Values that an edit has replaced: a server or a script may still print them. */
  readonly #replaced: Secret[] = [];
  #redactor: Redactor | undefined;

  /** Remembers a secret under the name it is masked with, e.g. `database_url`. */
  keep(name: string, value: string): void {
    const before = this.#values.get(name);
    if (before !== undefined && before !== value) this.#replaced.push({ name, value: before });
    this.#values.set(name, value);
    this.#redactor = undefined;
  }

  /** Remembers those of the values that are secret. */
  keepInputs(
    definitions: readonly InputDefinition[],
    values: Readonly<Record<string, Value>>,
  ): void {
    for (const { name, secret } of definitions) {
      const value = values[name];
      if (secret && typeof value === 'string') this.keep(name, value);
    }
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
    this.#redactor ??= createRedactor([...current, ...this.#replaced]);
    return this.#redactor;
  }
}
