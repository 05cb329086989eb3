import { existsSync } from 'node:fs';
import { RunbookError } from '#errors.ts';
import { readCases } from '#rehearsal/cases/read.ts';
import { type LocatedDiagnostic, locate } from '#report/diagnostics/located.ts';
import type { Diagnostic, Parsed } from '#runbook/diagnostic.ts';
import { checkLibrary } from '#runbook/expand/check-library.ts';
import type { Runbook } from '#runbook/model/runbook.ts';
import { partAt, positionAt, type Source } from '#runbook/yaml/source.ts';
import { checkAnew } from '../../library/check-anew.ts';
import { runbookName } from '../../library/runbook-folders.ts';
import type { OpenLibrary } from './open-library.ts';

/** After as many checks, other runbooks are parsed anew: what is remembered grows with each text. */
const CHECKS_BEFORE_ANEW = 50;

/** Checks one document again and again, as `runbook validate` does, without writing anything. */
export class DraftCheck {
  readonly #library: OpenLibrary;
  /** The runbooks asked for since the last start, with the text they had. */
  readonly #asked = new Map<string, string | undefined>();
  #check: ((source: Source) => Promise<Parsed<Runbook>>) | undefined;
  #checks = 0;

  constructor(library: OpenLibrary) {
    this.#library = library;
  }

  /** Tells whether a runbook with this name was asked for, so that its changes matter. */
  dependsOn(name: string): boolean {
    return this.#asked.has(name);
  }

  /** Resolves with the problems of a runbook. */
  async runbook(source: Source): Promise<readonly LocatedDiagnostic[]> {
    const problems = problemsOf(await this.#parse(source));
    return locate(
      source,
      problems.map((one) => atItsUse(source, one)),
    );
  }

  /** Resolves with a runbook as far as it can be read, with the effects of its actions. */
  async read(source: Source): Promise<Runbook | undefined> {
    const parsed = await this.#parse(source);
    return parsed.ok ? parsed.value : parsed.partial;
  }

  /** Returns the problems of a library file. */
  libraryFile(source: Source): readonly LocatedDiagnostic[] {
    return locate(
      source,
      checkLibrary(source).map((one) => atItsUse(source, one)),
    );
  }

  /** Resolves with the problems of the cases of the runbook in `file`. */
  async cases(source: Source, file: string): Promise<readonly LocatedDiagnostic[]> {
    if (!existsSync(file)) return [];
    const runbook = await this.#parse(this.#library.read(file));
    if (runbook.ok) return locate(source, problemsOf(readCases(source, runbook.value)));
    const message = `the cases in ${source.file} cannot be checked: ${file} is invalid`;
    const { file: place } = source;
    return [
      { ...AT_START, file: place, severity: 'error', code: 'runbook-invalid', message, hint: null },
    ];
  }

  async #parse(source: Source): Promise<Parsed<Runbook>> {
    this.#checks += 1;
    const isLong = this.#checks % CHECKS_BEFORE_ANEW === 0;
    if (isLong || this.#isOutdated(runbookName(source.file))) this.#check = undefined;
    if (this.#check === undefined) this.#asked.clear();
    this.#check ??= checkAnew((name) => this.#ask(name));
    try {
      return await this.#check(source);
    } catch (error) {
      // A runbook that cannot be read is no reason to end the session.
      if (!(error instanceof RunbookError)) throw error;
      const span = { start: 0, end: 0 };
      const problem = { severity: 'error', code: 'runbook-invalid', message: error.message, span };
      return { ok: false, diagnostics: [problem as Diagnostic] };
    }
  }

  #ask(name: string): Source | undefined {
    const source = this.#library.source(name);
    this.#asked.set(name, source?.text);
    return source;
  }

  /** Other runbooks are remembered, and parsed anew when one of them differs. */
  #isOutdated(own: string): boolean {
    return [...this.#asked].some(
      ([name, text]) => name !== own && this.#library.source(name)?.text !== text,
    );
  }
}

const AT_START = { line: 1, column: 1, endLine: 1, endColumn: 1 };

/** An editor shows problems in the open file: one in a library file is shown at its first use. */
function atItsUse(source: Source, problem: Diagnostic): Diagnostic {
  const { start } = problem.span;
  if (partAt(source, start).name === undefined) return problem;
  const { file, line, column } = positionAt(source, start);
  const [span = { start: 0, end: 0 }] = problem.usedAt ?? [];
  return { ...problem, span, message: `${file}:${line}:${column}: ${problem.message}` };
}

function problemsOf(parsed: Parsed<unknown>): readonly Diagnostic[] {
  return parsed.ok ? parsed.warnings : parsed.diagnostics;
}
