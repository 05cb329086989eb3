import { type Names, resultNames } from '../expression/known-names.ts';
import type { Template } from '../expression/template.ts';
import { bodyTemplates, defaultTimeoutMs } from '../kinds/action-kinds.ts';
import { ENGINES, isConsole } from '../model/engines.ts';
import { columnsBefore } from '../model/row-columns.ts';
import type { ActionStep, Body, Confirm } from '../model/runbook.ts';
import { previewNames } from '../model/step-results.ts';
import type { Fields } from '../model/value-type.ts';
import type { ActionDocument } from '../schema/step.ts';
import type { WrittenAction } from '../schema/step-document.ts';
import { readBody } from './body.ts';
import type { BodyPlace } from './body-place.ts';
import { readConfirm, readPreview, readRetry, readUndo, readVerify } from './guards.ts';
import type { PartReader } from './part-reader.ts';
import type { StepSurroundings } from './step-surroundings.ts';
import { readOn } from './targets.ts';

/** Reads the body of a step that may have a gate, and all its guards. */
export function readAction(
  { kind, document }: WrittenAction,
  fields: Fields,
  names: Names,
  reader: PartReader,
  around: StepSurroundings,
): ActionStep | undefined {
  const place = ofWholeStep(document, names, reader, around);
  const { effect: declared, read_because: readBecause } = document;
  const effect = declared ?? (readBecause === undefined ? 'change' : 'read');
  const before = { ...names, ...previewNames(document.preview) };
  const withPreview = { ...place, names: before };
  const inBody = previewNames(document.preview, canBeSentForEach(document));
  const body = readBody(document, { ...place, names: { ...names, ...inBody } });
  if (body === undefined) return undefined;
  checkVolatile(document.preview?.volatile ?? [], body, reader);
  if (document.preview?.enough !== undefined) checkEnough(body, reader);
  return {
    kind,
    body,
    effect,
    declared,
    readBecause,
    preview: readPreview(document, place),
    confirm: readConfirm(document.confirm, effect, { ...withPreview, path: ['confirm'] }),
    expect: reader.condition(['expect'], { ...before, ...resultNames(fields) }),
    verify: readVerify(document, withPreview),
    undo: readUndo(document, place),
    retry: readRetry(document.retry, declared, reader),
    timeoutMs: document.timeout ?? defaultTimeoutMs(kind),
  };
}

/** A statement can be sent once for each row if its preview is read on the same connection. */
function canBeSentForEach({ sql, preview, on }: ActionDocument): boolean {
  const isOnConsole = ENGINES.some((one) => isConsole(one) && Object.hasOwn(Object(sql), one));
  if (sql === undefined || isOnConsole || preview?.sql === undefined) return false;
  return preview.on === undefined || preview.on === on;
}

const NO_GATE: Confirm = { level: 'key', phrase: undefined, warning: undefined };

/** Reads a step that is read-only by its kind: a probe, or a branch of `parallel`. */
export function readLook(
  { kind, document }: WrittenAction,
  fields: Fields,
  names: Names,
  reader: PartReader,
  around: StepSurroundings,
): (ActionStep & { readonly effect: 'read' }) | undefined {
  const body = readBody(document, ofWholeStep(document, names, reader, around));
  const expect = reader.condition(['expect'], { ...names, ...resultNames(fields) });
  if (body === undefined) return undefined;
  return {
    kind,
    body,
    effect: 'read',
    declared: document.effect,
    readBecause: document.read_because,
    preview: undefined,
    confirm: NO_GATE,
    expect,
    verify: undefined,
    undo: undefined,
    retry: readRetry(document.retry, 'read', reader),
    timeoutMs: document.timeout ?? defaultTimeoutMs(kind),
  };
}

/** The variables of a script and the target of its step are those of every body of the step. */
function ofWholeStep(
  document: ActionDocument,
  names: Names,
  reader: PartReader,
  around: StepSurroundings,
): BodyPlace {
  const env = Object.keys(document.env ?? {});
  const at = readOn(document.id, document.on, names, reader, around);
  return { path: [], on: undefined, names, reader, around: { ...around, env, at } };
}

/** Reports the volatile columns of a preview that the action binds nevertheless. */
function checkVolatile(
  columns: readonly string[],
  body: Body,
  reader: Pick<PartReader, 'report' | 'span'>,
): void {
  for (const [index, column] of columns.entries()) {
    if (!bodyTemplates(body).some((template) => binds(template, column))) continue;
    reader.report(
      'volatile-bound',
      reader.span(['preview', 'volatile', index]),
      `the action binds "${column}", and what it binds has to be confirmed`,
      'take it out of volatile, or name the columns to bind: (pid, started) IN (${{ preview.rows }})',
    );
  }
}

/** Reports an action that does not depend on the rows of its preview: to leave some out would change nothing. */
function checkEnough(body: Body, reader: Pick<PartReader, 'report' | 'span'>): void {
  const texts = bodyTemplates(body);
  const depends = body.kind === 'sql' ? texts.every(usesRows) : texts.some(usesRows);
  if (depends) return;
  reader.report(
    'enough-unbound',
    reader.span(['preview', 'enough']),
    'the action does not use the rows of its preview, so it would act on all of them',
    'bind them in the action, e.g. (pid, started) IN (${{ preview.rows }}), or leave enough: out',
  );
}

function usesRows({ placeholders }: Template): boolean {
  return placeholders.some(({ expression }) =>
    expression.names.some(
      ({ path: [root, field = 'rows'] }) =>
        root === 'preview' && ['rows', 'row', 'each', 'lines', 'json'].includes(field),
    ),
  );
}

function binds({ text, placeholders }: Template, column: string): boolean {
  return placeholders.some(({ expression, at }) => {
    if (!expression.names.some(({ path }) => path[0] === 'preview')) return false;
    const written = expression.text.trim();
    if (written === 'preview.rows')
      return columnsBefore(text.slice(0, at))?.includes(column) ?? true;
    if (written === 'preview.row' || written === 'preview') return true;
    return new Set<string>(written.match(/\w+/g)).has(column);
  });
}
