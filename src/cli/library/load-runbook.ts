import { invalidRunbookError } from '#errors.ts';
import { formatDiagnostics, type Parsed, uniqueDiagnostics } from '#runbook/diagnostic.ts';
import type { Runbook } from '#runbook/model/runbook.ts';
import type { KnownRunbooks } from '#runbook/parse-runbook.ts';
import type { Source } from '#runbook/yaml/source.ts';
import { applyEffects, type KnownEffects } from '#safety/effects/apply.ts';
import { parserNeeds } from '#safety/effects/parser-needs.ts';
import { loadEffectParsers } from './effect-parsers.ts';
import { type OtherRunbooks, parseSource } from './parse-source.ts';

/** Cache of parsed runbooks, so that a runbook used by several others is checked once. */
export type Known = { readonly parsed: KnownRunbooks; readonly effects: KnownEffects };

/** Returns an empty cache. */
export function nothingKnown(): Known {
  return { parsed: new Map(), effects: new Map() };
}

/**
 * Parses a runbook and infers the effects of its actions; returns it, or every problem in it.
 * Runbooks used as its steps are searched as in `runbook list`, in `dirs` first.
 */
export async function checkRunbook(
  source: Source,
  dirs: OtherRunbooks = [],
  known: Known = nothingKnown(),
): Promise<Parsed<Runbook>> {
  const parsed = parseSource(source, dirs, known.parsed);
  if (!parsed.ok) return parsed;
  const parsers = await loadEffectParsers(parserNeeds(parsed.value));
  const { runbook, diagnostics } = applyEffects(parsed.value, parsers, known.effects);
  const all = uniqueDiagnostics([...parsed.warnings, ...diagnostics]);
  return diagnostics.some(({ severity }) => severity === 'error')
    ? { ok: false, diagnostics: all }
    : { ok: true, value: runbook, warnings: all };
}

/**
 * Checks a runbook before use; throws with every diagnostic if it is invalid. Instead of folders,
 * `dirs` may be the texts themselves, as stored with a run.
 */
export async function loadRunbook(source: Source, dirs: OtherRunbooks = []): Promise<Runbook> {
  const checked = await checkRunbook(source, dirs);
  if (checked.ok) return checked.value;
  const count = checked.diagnostics.length;
  const problems = formatDiagnostics(source, checked.diagnostics);
  throw invalidRunbookError(
    `${source.file} cannot run: ${count === 1 ? '1 problem' : `${count} problems`}\n\n${problems}`,
  );
}
