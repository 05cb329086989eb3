import { readFileSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { loadEffectParsers } from '#cli/library/effect-parsers.ts';
import type { Confirm, Step } from '#runbook/model/runbook.ts';
import { type Applied, applyEffects } from '#safety/effects/apply.ts';
import { runbookOf } from '../../fixtures/effects/applied.ts';

const url = new URL('../../fixtures/effects/steps.txt', import.meta.url);
const parsers = await loadEffectParsers({ shell: true, postgres: true });

/** Infers the effects of the steps of a case, with what its lines that begin with @ say. */
function appliedIn(lines: readonly string[]): Applied {
  const said = (word: string) =>
    lines.filter((line) => line.startsWith(`@${word} `)).map((line) => line.slice(word.length + 2));
  const steps = lines.filter((line) => !line.startsWith('@')).join('\n');
  const targets = said('targets').join('\n  ') || undefined;
  const [bash] = said('bash');
  const without = said('without');
  return applyEffects(runbookOf(steps, targets), {
    shell: without.includes('shell') ? undefined : parsers.shell,
    postgres: without.includes('postgres') ? undefined : parsers.postgres,
    ...(bash === undefined ? {} : { bashReads: () => bash === 'reads it' }),
  });
}

function shown({ runbook, diagnostics }: Applied): readonly string[] {
  return [
    ...runbook.steps.flatMap(inferred),
    ...diagnostics.map(({ severity, code, message, span, hint }) => {
      const where = JSON.stringify(runbook.source.text.slice(span.start, span.end));
      return `${severity} ${code} at ${where}: ${message}; ${hint}`;
    }),
  ];
}

function inferred({ id, does }: Step): readonly string[] {
  if (does.kind === 'parallel') return does.steps.flatMap(inferred);
  if (!('body' in does)) return [];
  const { effect, confirm, undo } = does;
  return [
    gateText(id, effect, confirm),
    ...(undo?.kind === 'action' ? [gateText(`undo of ${id}`, undo.effect, undo.confirm)] : []),
  ];
}

function gateText(id: string, effect: string, { level, warning, notRead }: Confirm): string {
  const told = [warning === undefined ? '' : 'a warning', notRead ?? ''].filter(Boolean);
  return [`${id} is a ${effect}, confirmed by ${level}`, ...told].join('; ');
}

type Case = { readonly lines: readonly string[]; readonly expected: readonly string[] };

const cases = readFileSync(url, 'utf8')
  .split('\n\n')
  .map((block): Case => {
    const lines = block.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
    return {
      lines: lines.filter((line) => !line.startsWith('\t')),
      expected: lines.filter((line) => line.startsWith('\t')).map((line) => line.slice(1)),
    };
  })
  .filter(({ lines }) => lines.length > 0);

if (process.env.UPDATE_FIXTURES) writeCases();

function writeCases(): void {
  const blocks = readFileSync(url, 'utf8').trimEnd().split('\n\n');
  const written = blocks.map((block) => {
    const kept = block.split('\n').filter((line) => !line.startsWith('\t'));
    const lines = kept.filter((line) => !line.startsWith('#'));
    const told = lines.length === 0 ? [] : shown(appliedIn(lines));
    return [...kept, ...told.map((line) => `\t${line}`)].join('\n');
  });
  writeFileSync(url, `${written.join('\n\n')}\n`);
}

test.each(cases.map(({ lines, expected }) => [lines.join('\n'), lines, expected] as const))(
  'what is inferred and said: %s',
  (_, lines, expected) => {
    expect(shown(appliedIn(lines))).toEqual(expected);
  },
);
