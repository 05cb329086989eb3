import type { Engine } from '#runbook/model/runbook.ts';
import type { Span } from '#runbook/yaml/source.ts';
import type { ApprovalRule } from '#team/policy/permission.ts';
import type { ConfigFile } from './files.ts';
import type { GitFolder } from './git-folder.ts';
import type { Reference } from './reference.ts';

/** A value in a config file, with its place. */
export type ConfiguredValue = {
  readonly reference: Reference;
  readonly file: ConfigFile;
  readonly span: Span;
  /** E.g. `environments.prod.inputs.database_url`. */
  readonly key: string;
};

/** The location of a target in an environment. */
export type ConfiguredTarget = {
  readonly file: ConfigFile;
  readonly span: Span;
  readonly key: string;
} & (
  | { readonly kind: 'local' }
  | { readonly kind: 'ssh' | 'docker'; readonly name: ConfiguredValue }
  | {
      readonly kind: 'kubernetes';
      readonly parts: Readonly<
        Partial<
          Record<'context' | 'namespace' | 'pod' | 'deployment' | 'container', ConfiguredValue>
        >
      >;
    }
  | {
      readonly kind: 'database';
      readonly database: ConfiguredValue | undefined;
      readonly reserve: ConfiguredValue | undefined;
      readonly engine: Engine | undefined;
    }
);

/** The inputs and targets of an environment. */
export type ConfiguredEnvironment = {
  readonly name: string;
  readonly description: string | undefined;
  readonly inputs: ReadonlyMap<string, ConfiguredValue>;
  readonly targets: ReadonlyMap<string, ConfiguredTarget>;
};

/** The contents of one config file. */
export type Config = {
  readonly file: ConfigFile;
  readonly environments: ReadonlyMap<string, ConfiguredEnvironment>;
  /** Absolute paths of folders with runbooks, those of `git` included. */
  readonly folders: readonly string[];
  /** The folders that come from git. */
  readonly git: readonly GitFolder[];
  /** Who confirms what on a worker here; undefined if the file does not say. */
  readonly approval: readonly ApprovalRule[] | undefined;
};

/** Returns every value of an environment. */
export function valuesOf(environment: ConfiguredEnvironment): readonly ConfiguredValue[] {
  return [
    ...environment.inputs.values(),
    ...[...environment.targets.values()].flatMap(targetValues),
  ];
}

/** Returns the values that define a target. */
export function targetValues(target: ConfiguredTarget): readonly ConfiguredValue[] {
  switch (target.kind) {
    case 'local':
      return [];
    case 'ssh':
    case 'docker':
      return [target.name];
    case 'kubernetes':
      return Object.values(target.parts);
    case 'database':
      return [target.database, target.reserve].filter((value) => value !== undefined);
  }
}
