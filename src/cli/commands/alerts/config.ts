import type * as z from 'zod/mini';
import { checkRoutes } from '#alerts/config/check.ts';
import { ALERTS_FILE, type AlertsConfig, type Route } from '#alerts/config/schema.ts';
import { EXIT, environmentError, RunbookError } from '#errors.ts';
import type { Diagnostic } from '#runbook/diagnostic.ts';
import { formatDiagnostics } from '#runbook/diagnostic.ts';
import type { Runbook } from '#runbook/model/runbook.ts';
import { readFile } from '#runbook/yaml/document.ts';
import type { Source } from '#runbook/yaml/source.ts';
import type { ServerAlerts } from '#serve/config.ts';
import { LARGEST_FILE, shownPath } from '../../config/files.ts';
import { quotable, quotableMessage } from '../../config/quotable.ts';
import { findRunbooks, readSource } from '../../library/find-runbook.ts';
import { RunbookChecker } from '../../library/load-runbook.ts';
import { namedFile, readText } from '../../library/read-text.ts';

/** The alerts of a config file, whose secrets are not resolved. */
export type LoadedAlerts = Omit<ServerAlerts, 'secrets'>;

/**
 * Reads the alerts of a config file and checks them against the runbooks. Throws with every problem,
 * and an environment error for a file that cannot be read.
 */
export async function loadAlerts(path: string, dirs: readonly string[]): Promise<LoadedAlerts> {
  const { source, value } = readConfigFile(ALERTS_FILE, path);
  const { alerts, environments = {} } = value;
  return checkedAlerts(
    alerts,
    'environments' in value ? Object.keys(environments) : undefined,
    source,
    dirs,
  );
}

/** Checks alerts against the runbooks and, if they are known, the environments. Throws with every problem. */
export async function checkedAlerts(
  config: AlertsConfig,
  environments: readonly string[] | undefined,
  source: Source,
  dirs: readonly string[],
): Promise<LoadedAlerts> {
  const found = new Map(findRunbooks(dirs).map(({ name, file }) => [name, file]));
  const runbooks = await namedRunbooks(config.routes, found, dirs);
  const unknown = checkRoutes(config, {
    runbook: (name) => runbooks.get(name),
    runbooks: [...found.keys()],
    environments,
  });
  if (unknown.length > 0) throw invalidConfig(source, unknown);
  return { config, runbooks };
}

/** Reads a config file by its schema. Throws with every problem, and an environment error if it cannot be read. */
export function readConfigFile<S extends z.core.$ZodType>(
  schema: S,
  path: string,
): { readonly source: Source; readonly value: z.infer<S> } {
  const source = readConfigSource(path);
  const { value, problems } = readFile(schema, source);
  if (value === undefined) throw invalidConfig(source, problems);
  return { source, value };
}

function readConfigSource(path: string): Source {
  try {
    return { file: shownPath(path), text: readText(namedFile(path), LARGEST_FILE) };
  } catch (error) {
    throw environmentError(`${path} cannot be read`, 'name the config file: --config FILE', error);
  }
}

/** Returns the error of a config file with problems. */
function invalidConfig(source: Source, problems: readonly Diagnostic<string>[]): RunbookError {
  const harmless = problems.map((problem) => {
    return { ...problem, message: quotableMessage(problem.message) };
  });
  const text = formatDiagnostics(quotable(source), harmless);
  const message = `${source.file} is not valid\n\n${text}`;
  return new RunbookError(message, { code: 'invalid-config', exitCode: EXIT.invalid });
}

async function namedRunbooks(
  routes: readonly Route[],
  found: ReadonlyMap<string, string>,
  dirs: readonly string[],
): Promise<ReadonlyMap<string, Runbook>> {
  const checker = new RunbookChecker(dirs);
  const runbooks = new Map<string, Runbook>();
  for (const name of new Set(routes.map(({ runbook }) => runbook))) {
    const file = found.get(name);
    const checked = file === undefined ? undefined : await checker.check(readSource(file));
    if (checked?.ok) runbooks.set(name, checked.value);
  }
  return runbooks;
}
