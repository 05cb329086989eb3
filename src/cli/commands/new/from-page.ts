import { invalidRunbookError } from '#errors.ts';
import { type Diagnostic, formatDiagnostics } from '#runbook/diagnostic.ts';
import type { Runbook, Step } from '#runbook/model/runbook.ts';
import { checkRunbook } from '../../library/load-runbook.ts';
import { asManual, type Draft, type DraftStep, draftOf, draftText, yamlOf } from './page-draft.ts';
import { readPage } from './page-parts.ts';
import type { Scaffold } from './scaffold.ts';

/** A draft from a page: its texts, and what its author has to look at. */
export type PageDraft = Scaffold & { readonly warnings: readonly Diagnostic[] };

/**
 * Drafts a runbook from a page in Markdown, with a case that goes through it. It is always valid: a
 * block of code that cannot be run as it stands is an instruction.
 */
export async function fromPage(
  markdown: string,
  name: string,
  {
    title,
    severity,
  }: { readonly title?: string | undefined; readonly severity?: string | undefined } = {},
): Promise<PageDraft> {
  const page = readPage(markdown);
  let draft = draftOf(page, { name, title: title ?? page.title ?? name, severity });
  for (;;) {
    const source = { file: `${name}.yaml`, text: draftText(draft) };
    const parsed = await checkRunbook(source);
    if (parsed.ok)
      return { runbook: source.text, cases: caseOf(parsed.value), warnings: parsed.warnings };
    const { diagnostics } = parsed;
    const broken = diagnostics.map(({ span }) => stepAt(draft, source.text, span.start));
    const told = broken.filter((step) => step !== undefined && step.manual === undefined);
    if (told.length === 0) throw invalidRunbookError(formatDiagnostics(source, diagnostics));
    const steps = draft.steps.map((step) => (told.includes(step) ? asManual(step) : step));
    draft = { ...draft, steps };
  }
}

function stepAt(draft: Draft, text: string, offset: number): DraftStep | undefined {
  const ids = [...text.slice(0, offset + 1).matchAll(/^ {2}- id: (\S+)$/gm)];
  const id = ids.at(-1)?.[1];
  return draft.steps.find((step) => step.id === id);
}

/** Returns a case in which nothing is found and everything is done. */
function caseOf({ steps, inputs }: Runbook): string {
  const ways = steps.filter(({ does }) => does.kind !== 'finish');
  const given = inputs
    .filter(({ required }) => required)
    .map(({ name, type }) => [name, type === 'url' ? 'postgres://app@db/shop' : 'some-text']);
  const results = ways.flatMap(({ id, does }): [string, object][] => {
    if (does.kind === 'sql') return [[id, { rows: [] }]];
    return does.kind === 'shell' ? [[id, { stdout: '' }]] : [];
  });
  const own = {
    name: 'every step of the page is done',
    ...(given.length > 0 && { inputs: Object.fromEntries(given) }),
    ...(results.length > 0 && { steps: Object.fromEntries(results) }),
    answers: ways.flatMap(answersTo),
    expect: { path: [...ways.map(({ id }) => id), 'solved'], outcome: 'resolved' },
  };
  return yamlOf({ cases: [own] });
}

function answersTo({ id, does }: Step): readonly object[] {
  if (does.kind === 'manual') return [{ done: id }];
  if (does.kind === 'ask') return [{ answer: id, with: does.choices[0] ?? '' }];
  return 'effect' in does && does.effect !== 'read' ? [{ confirm: id }] : [];
}
