import { dirname } from 'node:path';
import { positionAt } from '#runbook/yaml/source.ts';
import { harmless } from '#text/harmless.ts';
import type { Configuration } from '../config/configuration.ts';
import { quotableMessage } from '../config/quotable.ts';
import { describeReference } from '../config/reference.ts';
import { isTrusted } from '../config/trust.ts';
import type { ConfiguredValue } from '../config/value.ts';
import { type Resolved, resolveReference } from './resolve-reference.ts';

/** The options of resolving values. */
export type ValueOptions = {
  /** Commands may prompt on the terminal, one at a time. */
  readonly hasTerminal: boolean;
  readonly timeoutMs?: number;
};

/** Resolves the values of config files, each once. */
export class ConfiguredValues {
  readonly #options: ValueOptions;
  /** Project files whose commands are not trusted. */
  readonly #untrusted: ReadonlySet<string>;
  readonly #known = new Map<string, Promise<Resolved>>();
  #terminal: Promise<unknown> = Promise.resolve();

  constructor({ files }: Configuration, options: ValueOptions) {
    this.#options = options;
    const configs = files.flatMap(({ config }) => (config === undefined ? [] : [config]));
    this.#untrusted = new Set(
      configs.filter((config) => !isTrusted(config)).map(({ file }) => file.path),
    );
  }

  /** Resolves with a value, or with the reason why it is unavailable. */
  resolve({ reference, file }: ConfiguredValue): Promise<Resolved> {
    const folder = dirname(file.path);
    const isCommand = reference.kind === 'command';
    if (isCommand && this.#untrusted.has(file.path)) return Promise.resolve(UNTRUSTED);
    const key = `${folder}\n${describeReference(reference)}`;
    const known = reference.kind === 'text' ? undefined : this.#known.get(key);
    if (known !== undefined) return known;
    const get = () => resolveReference(reference, { ...this.#options, folder });
    const resolved = isCommand && this.#options.hasTerminal ? this.#inTurn(get) : get();
    this.#known.set(key, resolved);
    return resolved;
  }

  #inTurn(get: () => Promise<Resolved>): Promise<Resolved> {
    const next = this.#terminal.then(get);
    this.#terminal = next;
    return next;
  }
}

const UNTRUSTED: Resolved = {
  ok: false,
  reason: 'the commands of this project are not trusted, or have changed',
  hint: 'review them with runbook trust',
};

/** Returns the place and the reference of a value, e.g. `config.yaml:5:21, env:DATABASE_URL`. */
export function placeOf({ file, span, reference }: ConfiguredValue): string {
  const { line, column } = positionAt(file.source, span.start);
  const place = `${file.source.file}:${line}:${column}`;
  if (reference.kind === 'text') return place;
  return harmless(quotableMessage(`${place}, ${describeReference(reference)}`));
}
