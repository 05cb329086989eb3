import { invalidRunbookError } from '#errors.ts';
import { formatDiagnostics, type Parsed } from '#runbook/diagnostic.ts';
import { innerRunbooks } from '#runbook/inner-runbooks.ts';
import type { Runbook } from '#runbook/model/runbook.ts';
import type { Source } from '#runbook/yaml/source.ts';
import { counted } from '#text/count.ts';
import { type CheckedRunbook, CheckedRunbooks, type RunbookHead } from './checked-runbooks.ts';
import { findRunbooks, readSource } from './find-runbook.ts';

/** Folders searched first for other runbooks, or their texts by name, as stored with a run. */
export type OtherRunbooks = readonly string[] | ReadonlyMap<string, Source>;

/**
 * Checks runbooks, each once. Runbooks used as steps are searched as in `runbook list`, in the given
 * folders first, or only among the given texts, as stored with a run.
 */
export class RunbookChecker {
  readonly #sourceOf: (name: string) => Source | undefined;
  readonly #checked: CheckedRunbooks;
  #checkAnew: ((source: Source) => Promise<Parsed<Runbook>>) | undefined;

  constructor(others: OtherRunbooks = []) {
    this.#sourceOf = otherSources(others);
    this.#checked = new CheckedRunbooks(this.#sourceOf);
  }

  /** Parses a runbook and infers the effects of its actions; returns it, or every problem in it. */
  async check(source: Source): Promise<Parsed<Runbook>> {
    const before = this.#checked.read(source);
    if (before !== undefined) return { ok: true, value: before.runbook, warnings: before.warnings };
    const parsed = await this.#parse(source);
    if (parsed.ok) await this.#keep({ runbook: parsed.value, warnings: parsed.warnings });
    return parsed;
  }

  /** Returns what a list shows of a runbook, or every problem in it. */
  async head(source: Source): Promise<Parsed<RunbookHead>> {
    const before = this.#checked.head(source);
    if (before !== undefined) return { ok: true, value: before, warnings: [] };
    return await this.check(source);
  }

  async #parse(source: Source): Promise<Parsed<Runbook>> {
    if (this.#checkAnew === undefined) {
      const { checkAnew } = await import('./check-anew.ts');
      this.#checkAnew = checkAnew(this.#sourceOf);
    }
    return await this.#checkAnew(source);
  }

  /** A runbook is kept with its inner runbooks, since it is only valid with these. */
  async #keep(checked: CheckedRunbook): Promise<void> {
    if (!this.#checked.canKeep) return;
    for (const { source } of innerRunbooks(checked.runbook)) await this.check(source);
    this.#checked.keep(checked);
  }
}

/** Checks one runbook, as {@link RunbookChecker} does. */
export async function checkRunbook(
  source: Source,
  dirs: OtherRunbooks = [],
): Promise<Parsed<Runbook>> {
  return await new RunbookChecker(dirs).check(source);
}

/**
 * Checks a runbook before use; throws with every diagnostic if it is invalid. Instead of folders,
 * `dirs` may be the texts themselves, as stored with a run.
 */
export async function loadRunbook(source: Source, dirs: OtherRunbooks = []): Promise<Runbook> {
  const checked = await new RunbookChecker(dirs).check(source);
  if (checked.ok) return checked.value;
  const count = counted(checked.diagnostics.length, 'problem');
  const problems = formatDiagnostics(source, checked.diagnostics);
  throw invalidRunbookError(`${source.file} cannot run: ${count}\n\n${problems}`);
}

/** Returns the texts of runbooks by name: folders are searched once and each text is read once. */
function otherSources(others: OtherRunbooks): (name: string) => Source | undefined {
  if ('get' in others) return (name) => others.get(name);
  let files: ReadonlyMap<string, string> | undefined;
  const texts = new Map<string, Source | undefined>();
  return (name) => {
    files ??= new Map(findRunbooks(others).map((found) => [found.name, found.file]));
    const file = files.get(name);
    if (!texts.has(name)) texts.set(name, file === undefined ? undefined : readSource(file));
    return texts.get(name);
  };
}
