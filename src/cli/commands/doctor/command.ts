import { EXIT } from '#errors.ts';
import { createRedactor } from '#safety/redaction/redactor.ts';
import type { CommandLine } from '../../command-spec.ts';
import {
  type Configuration,
  findEnvironment,
  readConfiguration,
} from '../../config/configuration.ts';
import { ConfiguredValues } from '../../environment/configured-values.ts';
import type { doctor as spec } from '../../specs/setup.ts';
import type { Check } from './check.ts';
import { configChecks } from './config-files.ts';
import { Connections } from './connections.ts';
import {
  type EnvironmentFindings,
  environmentFindings,
  plainFindings,
  type Question,
} from './environment.ts';
import { folderChecks, programChecks, terminalChecks } from './machine.ts';
import { reportText, tallyOf } from './report.ts';
import { runbookChecks } from './runbooks.ts';

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
  const connections = new Connections();
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
