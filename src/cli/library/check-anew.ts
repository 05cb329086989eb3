import { unusedInputs } from '#runbook/checks/unused-inputs.ts';
import { type Parsed, uniqueDiagnostics } from '#runbook/diagnostic.ts';
import { withUses } from '#runbook/expand/used-at.ts';
import type { Runbook } from '#runbook/model/runbook.ts';
import { type KnownRunbooks, parseRunbook } from '#runbook/parse.ts';
import type { Source } from '#runbook/yaml/source.ts';
import { applyEffects, type KnownEffects } from '#safety/effects/apply.ts';
import { parserNeeds } from '#safety/effects/parser-needs.ts';
import { VERSION } from '../version.ts';
import { loadEffectParsers } from './effect-parsers.ts';

/** Returns a check that parses runbooks and infers their effects, each runbook once. */
export function checkAnew(
  sourceOf: (name: string) => Source | undefined,
): (source: Source) => Promise<Parsed<Runbook>> {
  const known: KnownRunbooks = new Map();
  const effects: KnownEffects = new Map();
  return async (source) => {
    const parsed = parseRunbook(source, { runbook: sourceOf, known, version: VERSION });
    if (!parsed.ok) return await withErrorsOfCode(source, parsed);
    const parsers = await loadEffectParsers(parserNeeds(parsed.value));
    const { runbook, diagnostics } = applyEffects(parsed.value, parsers, effects);
    const placed = withUses(source, [...diagnostics, ...unusedInputs(runbook)], runbook.uses ?? []);
    const all = uniqueDiagnostics([...parsed.warnings, ...placed]);
    return diagnostics.some(({ severity }) => severity === 'error')
      ? { ok: false, diagnostics: all }
      : { ok: true, value: runbook, warnings: all };
  };
}

/** Adds the errors in the statements and scripts of a runbook that has others: all are shown at once. */
async function withErrorsOfCode(
  source: Source,
  parsed: Parsed<Runbook> & { readonly ok: false },
): Promise<Parsed<Runbook>> {
  const { partial, diagnostics } = parsed;
  if (partial === undefined) return parsed;
  const parsers = await loadEffectParsers(parserNeeds(partial));
  const inCode = applyEffects(partial, parsers).diagnostics.filter(
    ({ severity }) => severity === 'error',
  );
  const placed = withUses(source, inCode, partial.uses ?? []);
  return { ok: false, diagnostics: uniqueDiagnostics([...diagnostics, ...placed]) };
}
