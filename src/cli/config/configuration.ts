import { join } from 'node:path';
import { EXIT, environmentError, RunbookError, usageError } from '#errors.ts';
import { formatDiagnostics } from '#runbook/diagnostic.ts';
import type { ApprovalRule } from '#team/policy/permission.ts';
import { didYouMean } from '#text/suggest.ts';
import type { ConfiguredFolders } from '../library/runbook-folders.ts';
import { type ConfigFile, findConfigFiles, shownPath } from './files.ts';
import { checkoutOf } from './git-folder.ts';
import { quotable, quotableMessage } from './quotable.ts';
import { type ConfigProblem, readConfig } from './read.ts';
import { secretsByValue } from './secrets-by-value.ts';
import type { Config, ConfiguredEnvironment } from './value.ts';

/** A config file that was checked. */
export type CheckedConfig = {
  /** In the form for display. */
  readonly path: string;
  readonly file: ConfigFile | undefined;
  /** Undefined if the file has errors. */
  readonly config: Config | undefined;
  /** The reason why the file cannot be used at all, with a hint. */
  readonly refused: { readonly message: string; readonly hint: string } | undefined;
  readonly problems: readonly ConfigProblem[];
};

/** The merged config files. The project's file overrides the user's. */
export type Configuration = {
  /** The project's file, then the user's. */
  readonly files: readonly CheckedConfig[];
  readonly environments: ReadonlyMap<string, ConfiguredEnvironment>;
};

/** Reads the config files of this folder and this user. */
export function readConfiguration(): Configuration {
  const files = findConfigFiles().map((found): CheckedConfig => {
    if ('refused' in found) {
      const { refused: message, hint } = found;
      const refused = { message, hint };
      return {
        path: shownPath(found.path),
        file: undefined,
        config: undefined,
        refused,
        problems: [],
      };
    }
    const { file } = found;
    const { config, problems } = readConfig(file);
    const secrets = config === undefined ? [] : secretsByValue(config);
    const path = file.source.file;
    return { path, file, config, refused: undefined, problems: [...problems, ...secrets] };
  });
  return { files, environments: merged(files) };
}

/**
 * Returns an environment by its name. Throws a usage error if there is none, and if a config file
 * has errors, as it might define it. An unreadable file is an environment error.
 */
export function findEnvironment(configuration: Configuration, name: string): ConfiguredEnvironment {
  const broken = configuration.files.find(({ config }) => config === undefined);
  if (broken !== undefined) throw unusable(broken);
  const found = configuration.environments.get(name);
  if (found !== undefined) return found;
  const known = [...configuration.environments.keys()];
  if (known.length > 0) throw usageError(`unknown environment "${name}"`, didYouMean(name, known));
  throw usageError(
    `unknown environment "${name}": no config file defines environments`,
    'add it to runbook.config.yaml, or to your config file (see: runbook doctor)',
  );
}

/** Returns the runbook folders of the config files; a file with errors has none. */
export function configuredFolders(): ConfiguredFolders {
  const configs = readConfiguration().files.map(({ config }) => config);
  const of = (kind: ConfigFile['kind']) =>
    configs.flatMap((config) => (config?.file.kind === kind ? config.folders : []));
  const git = configs.flatMap((config) => config?.git ?? []);
  const fetched = git.map((one) => join(checkoutOf(one), one.folder));
  return { project: of('project'), user: of('user'), git: fetched };
}

/**
 * Returns who confirms what on a worker here: the project's rules, or else the user's. Throws if a
 * config file cannot be used, as it might have stricter ones.
 */
export function configuredApproval(): readonly ApprovalRule[] {
  const { files } = readConfiguration();
  const broken = files.find(({ config }) => config === undefined);
  if (broken !== undefined) throw unusable(broken);
  return files.find(({ config }) => config?.approval !== undefined)?.config?.approval ?? [];
}

/** Returns the rendered problems of a config file, or an empty text. */
export function renderProblems(
  { source }: ConfigFile,
  problems: readonly ConfigProblem[],
): string | undefined {
  if (problems.length === 0) return undefined;
  const harmless = problems.map((problem) => {
    return { ...problem, message: quotableMessage(problem.message) };
  });
  return formatDiagnostics(quotable(source), harmless);
}

function unusable(broken: CheckedConfig) {
  const { path, file, refused } = broken;
  if (file === undefined || refused !== undefined)
    return environmentError(`${path} ${refused?.message ?? 'cannot be read'}`, refused?.hint);
  const message = invalidConfigText(broken);
  return new RunbookError(message, { code: 'invalid-config', exitCode: EXIT.invalid });
}

/** Returns why a config file cannot be used, with its problems and hints. */
export function invalidConfigText({ path, file, refused, problems }: CheckedConfig): string {
  if (file === undefined || refused !== undefined) {
    const hint = refused === undefined ? '' : `: ${refused.hint}`;
    return `${path} ${refused?.message ?? 'cannot be read'}${hint}`;
  }
  const errors = problems.filter(({ severity }) => severity === 'error');
  return `${path} is not valid\n\n${renderProblems(file, errors) ?? ''}`;
}

function merged(files: readonly CheckedConfig[]): ReadonlyMap<string, ConfiguredEnvironment> {
  const all = new Map<string, ConfiguredEnvironment>();
  // Later definitions override earlier ones.
  for (const { config } of files.toReversed())
    for (const [name, environment] of config?.environments ?? []) {
      const before = all.get(name);
      all.set(name, before === undefined ? environment : both(before, environment));
    }
  return all;
}

function both(user: ConfiguredEnvironment, project: ConfiguredEnvironment): ConfiguredEnvironment {
  return {
    name: project.name,
    description: project.description ?? user.description,
    inputs: new Map([...user.inputs, ...project.inputs]),
    targets: new Map([...user.targets, ...project.targets]),
  };
}
