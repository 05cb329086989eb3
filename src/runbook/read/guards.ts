import { resultNames } from '../expression/known-names.ts';
import type { Template } from '../expression/template.ts';
import {
  bodyKinds,
  CHANGING_KINDS,
  defaultTimeoutMs,
  fieldsOfBody,
} from '../kinds/action-kinds.ts';
import { phraseProblem } from '../model/confirm-phrase.ts';
import type {
  ActionStep,
  Confirm,
  Effect,
  Preview,
  Retry,
  Undo,
  Verify,
} from '../model/runbook.ts';
import { refuseSecrets } from '../model/secrets.ts';
import { previewNames } from '../model/step-results.ts';
import type { ActionDocument } from '../schema/step.ts';
import { readOneBody } from './body.ts';
import type { BodyPlace } from './body-place.ts';
import type { PartReader } from './part-reader.ts';

/** Reads the preview of a step. */
export function readPreview(
  { preview, effect }: ActionDocument,
  place: BodyPlace,
): Preview | undefined {
  if (preview === undefined) return undefined;
  const { names, reader } = place;
  if (effect === 'read')
    reader.report(
      'preview-of-read',
      reader.span(['preview']),
      'a read needs no preview',
      'it runs without a gate',
    );
  const written = {
    ...preview,
    parse: preview.parse === 'json' ? preview.parse : 'lines',
  } as const;
  const body = readOneBody('a preview', written, { ...place, path: ['preview'], on: preview.on });
  if (body === undefined) return undefined;
  const { max_rows: maxRows = 50, volatile = [], read_because: readBecause } = preview;
  const volatileAt = volatile.map((_, index) => reader.span(['preview', 'volatile', index]));
  const enough = reader.number(['preview', 'enough'], { ...names, ...previewNames(preview) });
  return {
    body,
    readBecause,
    maxRows,
    enough,
    volatile,
    volatileAt,
    freshForMs: preview.fresh_for,
  };
}

/** Reads the confirmation that the gate of a step, or of its undo, requires. */
export function readConfirm(
  confirm: ActionDocument['confirm'],
  effect: Effect,
  { path, names, reader, around }: BodyPlace,
): Confirm {
  if (effect === 'destructive' && confirm?.level === 'key')
    reader.report(
      'gate-too-weak',
      reader.span([...path, 'level']),
      'a destructive action needs a typed phrase',
      'write level: type',
    );
  const phrase = reader.template([...path, 'phrase'], names);
  const warning = reader.template([...path, 'warning'], names);
  for (const shown of [phrase, warning])
    if (shown !== undefined) refuseSecrets(shown, around.secrets, 'secret-in-text', reader);
  warnOfPhrase(phrase, reader);
  const level = effect === 'destructive' ? 'type' : (confirm?.level ?? (phrase ? 'type' : 'key'));
  return { level, phrase, warning };
}

/** Warns about an unusable phrase. A phrase with values from the run is checked during the run. */
function warnOfPhrase(phrase: Template | undefined, reader: PartReader): void {
  const problem = phrase?.placeholders.length === 0 ? phraseProblem(phrase.text) : undefined;
  if (phrase === undefined || problem === undefined) return;
  reader.warn(
    'phrase-unusable',
    phrase.span,
    `this phrase is not used: ${problem}`,
    "the gate asks for the target's name instead; use a phrase that can be typed",
  );
}

/** Reads the check that is repeated after an action. */
export function readVerify({ verify }: ActionDocument, place: BodyPlace): Verify | undefined {
  const { names, reader } = place;
  if (verify === undefined) return undefined;
  const body = readOneBody('a verification', verify, { ...place, path: ['verify'], on: verify.on });
  const until = reader.condition(['verify', 'until'], {
    ...names,
    ...resultNames(fieldsOfBody(verify)),
  });
  if (body === undefined || until === undefined) return undefined;
  const { read_because: readBecause, within: withinMs, every: everyMs } = verify;
  return { body, readBecause, until, withinMs, everyMs };
}

/** Reads the undo of an action; its body may use the step's own preview and result. */
export function readUndo(document: ActionDocument, place: BodyPlace): Undo | undefined {
  const { names, reader } = place;
  const { undo } = document;
  if (undo === undefined) return undefined;
  if (undo.none !== undefined && bodyKinds(undo).length === 0)
    return { kind: 'none', reason: undo.none };
  if (undo.none !== undefined) {
    const span = reader.keySpan(['undo', 'none']);
    reader.report('keys-conflict', span, 'undo has an action and none', 'keep one of them');
    return undefined;
  }
  const after = {
    ...names,
    ...resultNames(fieldsOfBody(document)),
    ...previewNames(document.preview),
  };
  const at = { ...place, path: ['undo'], on: undo.on, names: after };
  const body = readOneBody('an undo', undo, at, CHANGING_KINDS);
  const { effect: declared } = undo;
  const effect = declared ?? 'change';
  const confirm = readConfirm(undo.confirm, effect, { ...at, path: ['undo', 'confirm'] });
  if (body === undefined) return undefined;
  const timeoutMs = undo.timeout ?? defaultTimeoutMs(body.kind);
  return { kind: 'action', body, effect, declared, confirm, timeoutMs };
}

/** Reads the retry policy of a read. */
export function readRetry(
  retry: ActionDocument['retry'],
  declared: ActionStep['declared'],
  reader: PartReader,
): Retry | undefined {
  if (retry === undefined) return undefined;
  if (declared !== undefined && declared !== 'read')
    reader.report(
      'retry-of-change',
      reader.span(['retry']),
      'only a read is retried automatically',
      'the operator retries a change, through its gate',
    );
  return {
    attempts: retry.attempts,
    delayMs: retry.delay,
    backoff: retry.backoff ?? 2,
    maxDelayMs: retry.max_delay,
    jitter: retry.jitter ?? true,
    on: retry.on ?? [],
  };
}
