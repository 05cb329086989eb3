import { EXIT, usageError } from '#errors.ts';
import { SEVERITIES } from '#runbook/model/terms.ts';
import type { KnownRunbooks } from '#runbook/parse-runbook.ts';
import { positionAt } from '#runbook/yaml/source.ts';
import { readArguments } from '../arguments.ts';
import type { Command } from '../commands.ts';
import { sayBrokenConfigs } from '../config/broken.ts';
import { configuredFolders } from '../config/configuration.ts';
import { readSource } from '../library/find-runbook.ts';
import { parseSource } from '../library/parse-source.ts';
import { type PlacedRunbook, placedRunbooks } from '../library/placed-runbooks.ts';
import type { OriginName } from '../library/runbook-folders.ts';
import { textTable } from '../text-table.ts';

const help = `Usage: runbook list [--severity LEVEL] [--json] [--dir FOLDER]

Lists the runbooks there are, and where each comes from. They are looked for in --dir, ./runbooks, the
folders of the project's config file, those of RUNBOOK_PATH, those of the user's config file and its
folder, and the library that comes with runbook; the first one of a name counts, and hides the others.

      --severity LEVEL   only these: low, medium, high or critical; any number of times
      --json             for scripts
      --dir FOLDER       look here first; any number of times`;

/** `runbook list`. */
export const listCommand: Command = { help, run };

async function run(args: readonly string[]): Promise<number> {
  const { values } = readArguments(args, {
    severity: { type: 'string', multiple: true },
    json: { type: 'boolean', default: false },
    dir: { type: 'string', multiple: true },
  });
  const wanted = values.severity ?? [];
  const unknown = wanted.find((severity) => !SEVERITIES.some((each) => each === severity));
  if (unknown !== undefined)
    throw usageError(`there is no severity "${unknown}"`, `there is ${SEVERITIES.join(', ')}`);
  const dirs = values.dir ?? [];
  sayBrokenConfigs();
  const placed = placedRunbooks(dirs, configuredFolders());
  const known: KnownRunbooks = new Map();
  const all = placed.map((each) => entryOf(each, dirs, known));
  const entries = all.filter(({ severity }) => wanted.length === 0 || wanted.includes(severity));
  const text = values.json ? JSON.stringify(entries, null, 2) : tableOf(entries);
  process.stdout.write(`${text}\n`);
  return EXIT.ok;
}

/** A runbook as it is listed. */
type Entry = {
  readonly name: string;
  readonly file: string;
  readonly origin: OriginName;
  /** Files of the same name that it hides. */
  readonly hides: readonly string[];
  readonly valid: boolean;
  readonly title: string;
  /** `-` when it is not valid. */
  readonly severity: string;
  readonly summary: string;
  /** The first thing that is wrong, with its place. */
  readonly error: string | null;
};

/** What its actions do is left to `validate`: the parsers for that take longer than all the rest. */
function entryOf(
  { name, file, origin, hides }: PlacedRunbook,
  dirs: readonly string[],
  known: KnownRunbooks,
): Entry {
  const broken = (error: string): Entry => ({
    ...{ name, file, origin, hides, error },
    ...{ valid: false, title: name, severity: '-', summary: `broken: ${error}` },
  });
  try {
    const source = readSource(file);
    const checked = parseSource(source, dirs, known);
    if (!checked.ok) {
      const errors = checked.diagnostics.filter(({ severity }) => severity === 'error');
      const [first] = errors.toSorted((a, b) => a.span.start - b.span.start);
      const { line, column } = positionAt(source, first?.span.start ?? 0);
      return broken(`${line}:${column}: ${first?.message}`);
    }
    const { title, severity, summary } = checked.value;
    return { name, file, origin, hides, valid: true, title, severity, summary, error: null };
  } catch (error) {
    return broken(error instanceof Error ? error.message : String(error));
  }
}

function tableOf(entries: readonly Entry[]): string {
  if (entries.length === 0) return 'There are no such runbooks here.';
  const rows = entries.map(({ name, severity, origin, hides, summary }) => [
    name,
    severity,
    hides.length === 0 ? origin : `${origin}, hides ${hides.length}`,
    summary,
  ]);
  return textTable(['RUNBOOK', 'SEVERITY', 'FROM', 'SUMMARY'], rows);
}
