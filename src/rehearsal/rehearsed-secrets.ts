import { SecretValues } from '../run/secret-values.ts';
import type { Json } from '../runbook/value.ts';
import type { Redactor } from '../safety/redact.ts';

/** Redactors that have been made for the cases of a runbook, by the secrets they mask. */
export type KnownRedactors = Map<string, Redactor>;

/**
 * The secrets of a case. Cases of one file have mostly the same secrets and texts, and masking is most
 * of the work of a run: what has been masked once is remembered.
 */
export class RehearsedSecrets extends SecretValues {
  readonly #known: KnownRedactors;
  readonly #kept: (readonly [name: string, value: string])[] = [];
  #current: Redactor | undefined;

  constructor(known: KnownRedactors) {
    super();
    this.#known = known;
  }

  override keep(name: string, value: string): void {
    super.keep(name, value);
    this.#kept.push([name, value]);
    this.#current = undefined;
  }

  override get redactor(): Redactor {
    if (this.#current !== undefined) return this.#current;
    const key = JSON.stringify(this.#kept);
    this.#current = this.#known.get(key) ?? remembering(super.redactor);
    this.#known.set(key, this.#current);
    return this.#current;
  }
}

function remembering(redactor: Redactor): Redactor {
  const texts = new Map<string, string>();
  const values = new Map<string, Json>();
  return {
    text: (text) => remembered(texts, text, () => redactor.text(text)),
    json: (value) => remembered(values, JSON.stringify(value), () => redactor.json(value)),
    stream: () => redactor.stream(),
  };
}

function remembered<V>(known: Map<string, V>, key: string, make: () => V): V {
  const found = known.get(key);
  if (found !== undefined) return found;
  const made = make();
  known.set(key, made);
  return made;
}
