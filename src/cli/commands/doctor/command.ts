import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { EXIT, messageOf } from '#errors.ts';
import type { Tone } from '#events/telling/told.ts';
import { painted, styled } from '#report/plain/line.ts';
import type { Runbook } from '#runbook/model/runbook.ts';
import { positionAt } from '#runbook/yaml/source.ts';
import { createRedactor } from '#safety/redaction/redactor.ts';
import { counted } from '#text/count.ts';
import { harmless } from '#text/harmless.ts';
import { padTo, wrapTo } from '#text/width.ts';
import type { CommandLine } from '../../command-spec.ts';
import {
  type CheckedConfig,
  type Configuration,
  configuredFolders,
  findEnvironment,
  readConfiguration,
} from '../../config/configuration.ts';
import { PROJECT_FILE, shownPath, userConfigPath } from '../../config/files.ts';
import { quotableMessage } from '../../config/quotable.ts';
import { commandsOf, isTrusted } from '../../config/trust.ts';
import { ConfiguredValues } from '../../environment/configured-values.ts';
import {
  type FoundRunbook,
  findRunbook,
  readSource,
  runbooksOf,
} from '../../library/find-runbook.ts';
import { RunbookChecker } from '../../library/load-runbook.ts';
import {
  folderProblems,
  placedFolders,
  type RunbookFolder,
} from '../../library/runbook-folders.ts';
import type { doctor as spec } from '../../specs/setup.ts';
import { type Check, Section, type Status } from './check.ts';
import { Connections } from './connections.ts';
import {
  type EnvironmentFindings,
  environmentFindings,
  plainFindings,
  type Question,
} from './environment.ts';
import { folderChecks, programChecks, terminalChecks } from './machine.ts';

/** The time limit of a command that fetches a secret without a terminal. */
const COMMAND_MS = 4_000;

/**
 * `runbook doctor`: prints the results of its checks. Returns 5 if something required is missing.
 */
export async function doctor({ argument, options }: CommandLine<typeof spec>): Promise<number> {
  const found = await examine(argument, options.env, options.dir);
  const tally = tallyOf(found);
  const text = options.json
    ? JSON.stringify({ ...tally, checks: found }, null, 2)
    : reportText(found, process.stdout.isTTY === true && process.stdout.hasColors());
  process.stdout.write(`${text}\n`);
  return tally.problems === 0 ? EXIT.ok : EXIT.environment;
}

/** Performs every check and returns the results, with secrets masked. */
async function examine(
  name: string | undefined,
  wanted: string | undefined,
  dirs: readonly string[],
): Promise<readonly Check[]> {
  const configuration = readConfiguration();
  if (wanted !== undefined) findEnvironment(configuration, wanted);
  const [program, loaded] = await Promise.all([programChecks(), runbookChecks(name, dirs)]);
  const question: Question = {
    runbooks: loaded.runbooks,
    isNamed: name !== undefined,
    values: new ConfiguredValues(
      configuration,
      wanted !== undefined && process.stdin.isTTY
        ? { hasTerminal: true }
        : { hasTerminal: false, timeoutMs: COMMAND_MS },
    ),
  };
  const environments = await findings(configuration, wanted, question);
  const connections = new Connections({ isNamed: name !== undefined });
  await Promise.all(
    environments.map(({ section, targets }) => connections.check(targets, section)),
  );
  const checks = [
    ...program,
    ...terminalChecks(),
    ...folderChecks(),
    ...loaded.checks,
    ...configChecks(configuration),
    ...environments.flatMap(({ section }) => section.checks),
  ];
  const redactor = createRedactor(environments.flatMap(({ secrets }) => secrets));
  return checks.map((check) => ({
    ...check,
    text: redactor.text(check.text),
    ...(check.hint === undefined ? {} : { hint: redactor.text(check.hint) }),
  }));
}

function findings(
  configuration: Configuration,
  wanted: string | undefined,
  question: Question,
): Promise<readonly EnvironmentFindings[]> {
  const all = [...configuration.environments.values()];
  const chosen = all.filter(({ name }) => wanted === undefined || name === wanted);
  // Without environments, runbooks get their inputs only from the variables they name.
  const plain = wanted === undefined && (all.length === 0 || question.isNamed);
  return Promise.all([
    ...(plain ? [plainFindings(question)] : []),
    ...chosen.map((environment) => environmentFindings(environment, question)),
  ]);
}

/** Returns the checks of the config files. */
function configChecks({ files, environments }: Configuration): readonly Check[] {
  const section = new Section('configuration');
  for (const file of files) fileChecks(file, section);
  if (files.length === 0)
    section.ok(
      `no config file; ${PROJECT_FILE} or ${shownPath(userConfigPath())} defines environments`,
    );
  else section.ok(`environments: ${[...environments.keys()].join(', ') || 'none'}`);
  return section.checks;
}

function fileChecks({ path, file, config, refused, problems }: CheckedConfig, section: Section) {
  if (file === undefined || refused !== undefined) {
    section.problem(`${path} ${refused?.message ?? 'cannot be read'}`, refused?.hint);
    return;
  }
  const kind = file.kind === 'project' ? 'of this project' : 'of this user';
  if (config !== undefined) section.ok(`${path}, ${kind}`);
  for (const { severity, message, hint, span } of problems) {
    const { line, column } = positionAt(file.source, span.start);
    const text = `${path}:${line}:${column}: ${quotableMessage(message)}`;
    if (severity === 'error') section.problem(text, hint);
    else section.warning(text, hint);
  }
  if (config !== undefined && commandsOf(config).length > 0 && !isTrusted(config))
    section.problem(
      `the commands in ${path} are not trusted, or have changed`,
      'review them with runbook trust',
    );
}

const WIDTH = 80;
const STATUS_WIDTH = 11;
const STYLES: Readonly<Record<Status, Tone>> = {
  ok: 'good',
  warning: 'warn',
  problem: 'bad',
};

/** The number of checks by result. */
type Tally = { readonly ok: number; readonly warnings: number; readonly problems: number };

/** Counts checks by status. */
function tallyOf(checks: readonly Check[]): Tally {
  const count = (status: Status) => checks.filter((check) => check.status === status).length;
  return { ok: count('ok'), warnings: count('warning'), problems: count('problem') };
}

/** Returns checks as lines of at most 80 columns, by section, and their tally. */
function reportText(checks: readonly Check[], coloured: boolean): string {
  const sections = Map.groupBy(checks, ({ section }) => section);
  const blocks = [...sections].map(([section, own]) =>
    [
      painted(styled(harmless(section), 'bold'), coloured),
      ...own.flatMap((check) => linesOf(check, coloured)),
    ].join('\n'),
  );
  return [...blocks, tallyText(tallyOf(checks))].join('\n\n');
}

function linesOf({ status, text, hint }: Check, coloured: boolean): readonly string[] {
  const indent = ' '.repeat(STATUS_WIDTH);
  const [first = '', ...more] = wrapped(text);
  const sign = painted(styled(`  ${padTo(status, STATUS_WIDTH - 2)}`, STYLES[status]), coloured);
  const said = hint === undefined ? [] : wrapped(hint, '  ');
  return [`${sign}${first}`, ...[...more, ...said].map((line) => `${indent}${line}`)];
}

function wrapped(text: string, indent = ''): readonly string[] {
  const lines = wrapTo(harmless(text), WIDTH - STATUS_WIDTH - indent.length);
  return lines.map((line) => `${indent}${line}`);
}

function tallyText({ ok, warnings, problems }: Tally): string {
  return `${ok} ok, ${counted(warnings, 'warning')}, ${counted(problems, 'problem')}`;
}

/** The checked runbooks with their checks. */
type RunbookChecks = {
  readonly runbooks: readonly Runbook[];
  readonly checks: readonly Check[];
};

/** Loads the named runbook, or all of them. */
async function runbookChecks(
  name: string | undefined,
  dirs: readonly string[],
): Promise<RunbookChecks> {
  const section = new Section('runbooks');
  const folders = placedFolders(dirs, configuredFolders());
  const found =
    name === undefined
      ? runbooksOf(folders.map(({ folder }) => folder))
      : [findRunbook(name, dirs)];
  for (const problem of folderProblems(folders)) section.problem(problem);
  const runbooks: Runbook[] = [];
  const checker = new RunbookChecker(dirs.filter((dir) => existsSync(dir)));
  for (const one of found) {
    const runbook = await loadOne(one, section, checker);
    if (runbook !== undefined) runbooks.push(runbook);
  }
  if (name === undefined) countByFolder(found, folders, section);
  else if (runbooks.length > 0) section.ok(`${name} (${shownPath(found[0]?.file ?? '')}) is valid`);
  return { runbooks, checks: section.checks };
}

function countByFolder(
  found: readonly FoundRunbook[],
  folders: readonly RunbookFolder[],
  section: Section,
): void {
  for (const { folder, isNamed } of folders) {
    if (isNamed && !existsSync(folder)) continue;
    const count = found.filter(({ file }) => dirname(file) === folder).length;
    const state = existsSync(folder) ? counted(count, 'runbook') : 'does not exist';
    section.ok(`${shownPath(folder)}: ${state}`);
  }
}

async function loadOne(
  { name, file }: FoundRunbook,
  section: Section,
  checker: RunbookChecker,
): Promise<Runbook | undefined> {
  try {
    const checked = await checker.check(readSource(file));
    if (checked.ok) return checked.value;
    section.problem(`${name} is not valid`, `see: runbook validate ${name}`);
  } catch (error) {
    section.problem(`${name}: ${messageOf(error)}`);
  }
  return undefined;
}
