import { dirname } from 'node:path';
import { type Diagnostic, errorAt } from '#runbook/diagnostic.ts';
import { nodeAt, readDocument } from '#runbook/yaml/document.ts';
import { type LocatedNode, readYaml } from '#runbook/yaml/located.ts';
import type { ConfigFile } from './files.ts';
import { filled, type Layer, type LayeredEnvironment, layeredEnvironments } from './layers.ts';
import { readPlaces } from './places.ts';
import { REFERENCE_KINDS, readReference, referenceOf } from './reference.ts';
import { CONFIG_SCHEMA, type TargetDocument } from './schema.ts';
import type { Config, ConfiguredEnvironment, ConfiguredTarget, ConfiguredValue } from './value.ts';

/** A problem in a config file. */
export type ConfigProblem = Diagnostic<string>;

/** The contents of a file, undefined if it has errors, and its problems. */
export type ReadConfig = {
  readonly config: Config | undefined;
  readonly problems: readonly ConfigProblem[];
};

const TARGET_KINDS = ['local', 'ssh', 'docker', 'kubernetes', 'database'] as const;

/** Reads a config file. */
export function readConfig(file: ConfigFile): ReadConfig {
  const { node, problems: syntax } = readYaml(file.source);
  if (node === undefined) return { config: undefined, problems: syntax };
  if (node.kind === 'scalar' && node.value === null)
    return {
      config: { file, environments: new Map(), folders: [], git: [], approval: undefined },
      problems: [],
    };
  const { value: document, problems: schema } = readDocument(CONFIG_SCHEMA, node);
  if (document === undefined || schema.length > 0) return { config: undefined, problems: schema };
  const layered = layeredEnvironments(document, node);
  const found: ConfigProblem[] = [...layered.problems];
  const environments = layered.environments.map((environment): [string, ConfiguredEnvironment] => [
    environment.name,
    readEnvironment(environment, file, node, found),
  ]);
  const places = readPlaces(document.runbooks ?? [], dirname(file.path), node);
  const wrong = uniqueProblems([...found, ...places.problems]);
  if (wrong.length > 0) return { config: undefined, problems: wrong };
  const { folders, git } = places;
  const approval = document.worker?.approval;
  const config = { file, environments: new Map(environments), folders, git, approval };
  return { config, problems: [] };
}

/** Returns an environment with the values of its layers; of two values, the stronger layer's. */
function readEnvironment(
  { name, layers }: LayeredEnvironment,
  file: ConfigFile,
  root: LocatedNode,
  problems: ConfigProblem[],
): ConfiguredEnvironment {
  let description: string | undefined;
  const inputs = new Map<string, ConfiguredValue>();
  const targets = new Map<string, ConfiguredTarget>();
  for (const { document, path, parts } of layers) {
    const reader = new ConfigReader(file, root, { name, path, parts });
    if (document.description !== undefined) description = filled(document.description, parts);
    for (const input of Object.keys(document.inputs ?? {}))
      inputs.set(input, reader.value([...path, 'inputs', input]));
    for (const [target, written] of Object.entries(document.targets ?? {})) {
      const read = reader.target([...path, 'targets', target], written);
      if (read !== undefined) targets.set(target, read);
    }
    problems.push(...reader.problems);
  }
  return { name, description, inputs, targets };
}

/** A problem of a layer is found in every environment that has it. */
function uniqueProblems(problems: readonly ConfigProblem[]): readonly ConfigProblem[] {
  const keyOf = ({ span, message }: ConfigProblem) => `${span.start} ${message}`;
  return [...new Map(problems.map((one) => [keyOf(one), one])).values()];
}

type Path = readonly string[];

/** The environment that is read, and the layer of it that the path leads to. */
type InLayer = Omit<Layer, 'document'> & { readonly name: string };

class ConfigReader {
  readonly problems: ConfigProblem[] = [];
  readonly #file: ConfigFile;
  readonly #root: LocatedNode;
  readonly #layer: InLayer;

  constructor(file: ConfigFile, root: LocatedNode, layer: InLayer) {
    this.#file = file;
    this.#root = root;
    this.#layer = layer;
  }

  /** Returns the key of a value in its environment, wherever it is written. */
  #keyOf(path: Path): string {
    return ['environments', this.#layer.name, ...path.slice(this.#layer.path.length)].join('.');
  }

  /** Reads a value: a text, or a mapping with the key of its kind. */
  value(path: Path): ConfiguredValue {
    const node = nodeAt(this.#root, path) ?? this.#root;
    const found = { file: this.#file, span: node.span, key: this.#keyOf(path) };
    const { parts } = this.#layer;
    if (node.kind === 'scalar') {
      const reference = readReference(filled(node.text, parts));
      if (reference.kind !== 'text' && /^\w+:\s*$/.test(node.text)) this.#empty(path);
      return { ...found, reference };
    }
    const kinds = REFERENCE_KINDS.filter((kind) => nodeAt(node, [kind]) !== undefined);
    const [kind = 'text', other] = kinds;
    if (kinds.length === 0) this.#empty(path);
    if (other !== undefined) this.#both(path, kind, other);
    const written = nodeAt(node, [kind]);
    const text = written?.kind === 'scalar' ? filled(written.text, parts) : '';
    if (kinds.length === 1 && kind !== 'text' && text.trim() === '') this.#empty(path);
    return { ...found, reference: referenceOf(kind, text) };
  }

  target(path: Path, written: TargetDocument): ConfiguredTarget | undefined {
    const kinds = TARGET_KINDS.filter((kind) => written[kind] !== undefined);
    const [first, second] = kinds;
    if (first !== undefined && second !== undefined) this.#both(path, first, second);
    const kind = first ?? (written.reserve === undefined ? undefined : 'database');
    const isDatabase = kind === 'database';
    const stray = (['engine', 'reserve'] as const).find((key) => written[key] !== undefined);
    if (kind === undefined) {
      this.#report(path, `"${path.at(-1)}" is empty`, `expected one of ${TARGET_KINDS.join(', ')}`);
      return undefined;
    }
    if (stray !== undefined && !isDatabase)
      this.#report([...path, stray], `${stray} applies only to a database`, 'remove it');
    const found = { file: this.#file, span: this.#spanOf(path), key: this.#keyOf(path) };
    const part = (key: string) => this.value([...path, key]);
    switch (kind) {
      case 'local':
        return { ...found, kind };
      case 'ssh':
      case 'docker':
        return { ...found, kind, name: this.#name([...path, kind]) };
      case 'kubernetes':
        return { ...found, kind, parts: this.#workload([...path, kind], written.kubernetes ?? {}) };
      case 'database':
        return {
          ...found,
          kind,
          database: written.database === undefined ? undefined : part('database'),
          reserve: written.reserve === undefined ? undefined : part('reserve'),
          engine: written.engine,
        };
    }
  }

  #workload(path: Path, written: NonNullable<TargetDocument['kubernetes']>) {
    if (written.pod !== undefined && written.deployment !== undefined)
      this.#both(path, 'pod', 'deployment');
    if (written.pod === undefined && written.deployment === undefined)
      this.#report(path, 'neither a pod nor a deployment is given', 'add pod: or deployment:');
    return Object.fromEntries(Object.keys(written).map((key) => [key, this.#name([...path, key])]));
  }

  /** A name appears on command lines, where others can read it: it is not treated as a secret. */
  #name(path: Path): ConfiguredValue {
    const value = this.value(path);
    const { kind } = value.reference;
    if (kind === 'file' || kind === 'command')
      this.#report(
        path,
        `the ${path.at(-1)} cannot come from a ${kind}: it is a name, not a secret`,
        'use env:NAME or the name itself',
      );
    return value;
  }

  #empty(path: Path): void {
    this.#report(
      path,
      `${path.at(-1)} is empty`,
      'use env:NAME, file:PATH, command: … or the value',
    );
  }

  #both(path: Path, one: string, other: string): void {
    this.#report([...path, other], `both ${one} and ${other} are given`, 'keep one of them');
  }

  #report(path: Path, message: string, hint: string): void {
    this.problems.push(errorAt('wrong-value', this.#spanOf(path), message, hint));
  }

  #spanOf(path: Path) {
    return nodeAt(this.#root, path)?.span ?? this.#root.span;
  }
}
