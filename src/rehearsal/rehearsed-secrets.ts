import { SecretValues } from '#run/values/secrets.ts';
import type { Json } from '#runbook/model/value.ts';
import type { Redactor, Secret } from '#safety/redaction/redactor.ts';
import type { Known } from '#safety/redaction/wanted.ts';

/** A cache of redactors for the cases of a runbook, by the secrets they mask. */
export type KnownRedactors = Map<string, Redactor>;

/**
 * The secrets of a case. Cases of one file mostly share secrets and texts, and masking is most of
 * the work of a run, so masked texts are cached.
 */
export class RehearsedSecrets extends SecretValues {
  readonly #known: KnownRedactors;

  constructor(known: KnownRedactors) {
    super();
    this.#known = known;
  }

  protected override makeRedactor(secrets: readonly Secret[], known: Known): Redactor {
    const key = JSON.stringify([secrets, known]);
    const redactor = this.#known.get(key) ?? remembering(super.makeRedactor(secrets, known));
    this.#known.set(key, redactor);
    return redactor;
  }
}

function remembering(redactor: Redactor): Redactor {
  const texts = new Map<string, string>();
  const values = new Map<string, Json>();
  return {
    text: (text) => remembered(texts, text, () => redactor.text(text)),
    json: (value) => remembered(values, JSON.stringify(value), () => redactor.json(value)),
    given: (name, value) => redactor.given(name, value),
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
