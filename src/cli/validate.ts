import { EXIT } from '../errors.ts';
import { type Diagnostic, formatDiagnostics } from '../runbook/diagnostic.ts';
import { parseRunbook } from '../runbook/parse-runbook.ts';
import { positionAt, type Source } from '../runbook/source.ts';
import { readArguments } from './arguments.ts';
import type { Command } from './commands.ts';
import { findRunbook, findRunbooks, readSource } from './find-runbook.ts';

const help = `Usage: runbook validate [NAME | FILE …] [--json] [--dir FOLDER]

Checks runbooks without running anything: those named, or all there are. Every problem is shown with
its file, line and column, and what would be right. Exits with 2 when one of them is not valid.

      --json         for scripts and editors
      --dir FOLDER   look for runbooks here first; any number of times`;

/** `runbook validate`. */
export const validateCommand: Command = { help, run };

type Checked = {
  readonly source: Source;
  readonly ok: boolean;
  readonly diagnostics: readonly Diagnostic[];
};

async function run(args: readonly string[]): Promise<number> {
  const { values, positionals } = readArguments(args, {
    json: { type: 'boolean', default: false },
    dir: { type: 'string', multiple: true },
  });
  const dirs = values.dir ?? [];
  const found =
    positionals.length > 0
      ? positionals.map((wanted) => findRunbook(wanted, dirs))
      : findRunbooks(dirs);
  const checked = found.map(({ file }) => check(readSource(file)));
  const text = values.json ? jsonOf(checked) : checked.map(textOf).join('\n');
  process.stdout.write(`${text}\n`);
  return checked.every(({ ok }) => ok) ? EXIT.ok : EXIT.invalid;
}

function check(source: Source): Checked {
  const parsed = parseRunbook(source);
  return parsed.ok
    ? { source, ok: true, diagnostics: parsed.warnings }
    : { source, ok: false, diagnostics: parsed.diagnostics };
}

function textOf({ source, ok, diagnostics }: Checked): string {
  const problems = diagnostics.length === 0 ? [] : [formatDiagnostics(source, diagnostics), ''];
  const errors = diagnostics.filter(({ severity }) => severity === 'error').length;
  const verdict = ok
    ? 'valid'
    : errors === 1
      ? 'not valid: one problem'
      : `not valid: ${errors} problems`;
  return [...problems, `${source.file}: ${verdict}`].join('\n');
}

function jsonOf(checked: readonly Checked[]): string {
  const files = checked.map(({ source, ok, diagnostics }) => ({
    file: source.file,
    ok,
    diagnostics: diagnostics.map(({ severity, code, message, span, hint }) => {
      const { line, column } = positionAt(source, span.start);
      const end = positionAt(source, span.end);
      return {
        severity,
        code,
        message,
        line,
        column,
        endLine: end.line,
        endColumn: end.column,
        hint,
      };
    }),
  }));
  return JSON.stringify({ files }, null, 2);
}
