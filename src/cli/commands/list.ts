import { EXIT, messageOf } from '#errors.ts';
import { positionAt } from '#runbook/yaml/source.ts';
import { textTable } from '#text/table.ts';
import type { CommandLine } from '../command-spec.ts';
import { configuredFolders } from '../config/configuration.ts';
import { readSource, runbookFolders } from '../library/find-runbook.ts';
import { RunbookChecker } from '../library/load-runbook.ts';
import { type PlacedRunbook, placedRunbooks } from '../library/placed-runbooks.ts';
import type { OriginName } from '../library/runbook-folders.ts';
import { columnsOf } from '../say.ts';
import type { list as spec } from '../specs/runbooks.ts';

/** `runbook list`: prints the runbooks and their locations. */
export async function list({ options }: CommandLine<typeof spec>): Promise<number> {
  const { dir: dirs, severity: wanted } = options;
  // Throws for a folder that is missing, and reports broken config files.
  runbookFolders(dirs);
  const placed = placedRunbooks(dirs, configuredFolders());
  const checker = new RunbookChecker(dirs);
  const all: Entry[] = [];
  for (const each of placed) all.push(await entryOf(each, checker));
  const entries = all.filter(
    ({ severity }) => wanted.length === 0 || wanted.some((each) => each === severity),
  );
  const text = options.json ? JSON.stringify(entries, null, 2) : tableOf(entries);
  process.stdout.write(`${text}\n`);
  return EXIT.ok;
}

/** A runbook in the list. */
type Entry = {
  readonly name: string;
  readonly file: string;
  readonly origin: OriginName;
  /** Files of the same name that it hides. */
  readonly hides: readonly string[];
  readonly valid: boolean;
  readonly title: string;
  /** `-` if it is invalid. */
  readonly severity: string;
  readonly summary: string;
  /** The first problem, with its place. */
  readonly error: string | null;
};

async function entryOf(
  { name, file, origin, hides }: PlacedRunbook,
  checker: RunbookChecker,
): Promise<Entry> {
  const broken = (error: string): Entry => ({
    ...{ name, file, origin, hides, error },
    ...{ valid: false, title: name, severity: '-', summary: `broken: ${error}` },
  });
  try {
    const source = readSource(file);
    const checked = await checker.head(source);
    if (!checked.ok) {
      const errors = checked.diagnostics.filter(({ severity }) => severity === 'error');
      const [first] = errors.toSorted((a, b) => a.span.start - b.span.start);
      const { file: at, line, column } = positionAt(source, first?.span.start ?? 0);
      const place = at === source.file ? '' : `${at}:`;
      return broken(`${place}${line}:${column}: ${first?.message}`);
    }
    const { title, severity, summary } = checked.value;
    return { name, file, origin, hides, valid: true, title, severity, summary, error: null };
  } catch (error) {
    return broken(messageOf(error));
  }
}

function tableOf(entries: readonly Entry[]): string {
  if (entries.length === 0) return 'No runbooks found.';
  const rows = entries.map(({ name, severity, origin, hides, summary }) => [
    name,
    severity,
    hides.length === 0 ? origin : `${origin}, hides ${hides.length}`,
    summary,
  ]);
  return textTable(['RUNBOOK', 'SEVERITY', 'FROM', 'SUMMARY'], rows, columnsOf());
}
