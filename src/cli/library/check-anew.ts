import { type Parsed, uniqueDiagnostics } from '#runbook/diagnostic.ts';
import { withUses } from '#runbook/expand/used-at.ts';
import type { Runbook } from '#runbook/model/runbook.ts';
import { type KnownRunbooks, parseRunbook } from '#runbook/parse.ts';
import type { Source } from '#runbook/yaml/source.ts';
import { applyEffects, type KnownEffects } from '#safety/effects/apply.ts';
import { parserNeeds } from '#safety/effects/parser-needs.ts';
import { loadEffectParsers } from './effect-parsers.ts';

/** Returns a check that parses runbooks and infers their effects, each runbook once. */
export function checkAnew(
  sourceOf: (name: string) => Source | undefined,
): (source: Source) => Promise<Parsed<Runbook>> {
  const known: KnownRunbooks = new Map();
  const effects: KnownEffects = new Map();
  return async (source) => {
    const parsed = parseRunbook(source, { runbook: sourceOf, known });
    if (!parsed.ok) return parsed;
    const parsers = await loadEffectParsers(parserNeeds(parsed.value));
    const { runbook, diagnostics } = applyEffects(parsed.value, parsers, effects);
    const placed = withUses(source, diagnostics, runbook.uses ?? []);
    const all = uniqueDiagnostics([...parsed.warnings, ...placed]);
    return diagnostics.some(({ severity }) => severity === 'error')
      ? { ok: false, diagnostics: all }
      : { ok: true, value: runbook, warnings: all };
  };
}
