import { type Names, previewNames, resultNames } from '../expression/known-names.ts';
import type { Template } from '../expression/template.ts';
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
import { resultFields } from '../model/step-results.ts';
import { DEFAULT_TIMEOUT } from '../model/terms.ts';
import type { Fields } from '../model/value-type.ts';
import type { StepDocument } from '../schema/step.ts';
import { type ActionSurroundings, type BodyDocument, bodyKinds, readOneBody } from './body.ts';
import type { PartReader, Path } from './part-reader.ts';
import { probeName } from './probe.ts';

type Document = StepDocument['sql' | 'shell' | 'http'];

/** Reads the preview of a step. */
export function readPreview(
  { preview, effect }: Document,
  names: Names,
  reader: PartReader,
  surroundings: ActionSurroundings,
): Preview | undefined {
  if (preview === undefined) return undefined;
  if (effect === 'read')
    reader.report(
      'preview-of-read',
      reader.span(['preview']),
      'a read needs no preview',
      'it runs without a gate',
    );
  const what = 'a preview';
  const written = {
    ...preview,
    parse: preview.parse === 'json' ? preview.parse : 'lines',
  } as const;
  const body = readOneBody(what, written, ['preview'], preview.on, names, reader, surroundings);
  if (body === undefined) return undefined;
  const freshForMs = reader.duration(['preview', 'fresh_for'], '30s');
  const { max_rows: maxRows = 50, volatile = [], read_because: readBecause } = preview;
  const volatileAt = volatile.map((_, index) => reader.span(['preview', 'volatile', index]));
  const enough = reader.number(['preview', 'enough'], { ...names, ...previewNames(preview) });
  return { body, readBecause, maxRows, enough, volatile, volatileAt, freshForMs };
}

/** Reads the confirmation that the gate of a step, or of its undo, requires. */
export function readConfirm(
  confirm: Document['confirm'],
  effect: Effect,
  path: Path,
  names: Names,
  reader: PartReader,
  surroundings: ActionSurroundings,
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
    if (shown !== undefined) refuseSecrets(shown, surroundings.secrets, 'secret-in-text', reader);
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
export function readVerify(
  { verify }: Document,
  names: Names,
  reader: PartReader,
  surroundings: ActionSurroundings,
): Verify | undefined {
  if (verify === undefined) return undefined;
  const { on } = verify;
  const body = readOneBody('a verification', verify, ['verify'], on, names, reader, surroundings);
  const until = reader.condition(['verify', 'until'], {
    ...names,
    ...resultNames(looksFor(verify)),
  });
  if (body === undefined || until === undefined) return undefined;
  const withinMs = reader.duration(['verify', 'within'], '30s');
  const everyMs = reader.duration(['verify', 'every'], '2s');
  return { body, readBecause: verify.read_because, until, withinMs, everyMs };
}

/** Returns the result fields of one repeated read. */
export function looksFor(document: BodyDocument): Fields {
  const [kind = 'shell'] = bodyKinds(document);
  const probe = document.probe && probeName(document.probe);
  if (kind === 'probe' && probe !== undefined) return resultFields({ kind, probe });
  if (kind === 'probe') return resultFields({ kind });
  return resultFields(kind === 'shell' ? { kind, parse: document.parse ?? 'text' } : { kind });
}

/** Reads the undo of an action; its body may use the step's own preview and result. */
export function readUndo(
  document: Document,
  names: Names,
  reader: PartReader,
  surroundings: ActionSurroundings,
): Undo | undefined {
  const { undo } = document;
  if (undo === undefined) return undefined;
  if (undo.none !== undefined && bodyKinds(undo).length === 0)
    return { kind: 'none', reason: undo.none };
  const what = 'an undo';
  const kinds = ['sql', 'shell', 'http'] as const;
  if (undo.none !== undefined) {
    const span = reader.keySpan(['undo', 'none']);
    reader.report('keys-conflict', span, 'undo has an action and none', 'keep one of them');
    return undefined;
  }
  const { on } = undo;
  const after = {
    ...names,
    ...resultNames(resultFields({ kind: bodyKinds(document as BodyDocument)[0] ?? 'shell' })),
    ...previewNames(document.preview),
  };
  const body = readOneBody(what, undo, ['undo'], on, after, reader, surroundings, kinds);
  const { effect: declared } = undo;
  const effect = declared ?? 'change';
  const at = ['undo', 'confirm'];
  const confirm = readConfirm(undo.confirm, effect, at, after, reader, surroundings);
  if (body === undefined) return undefined;
  const timeoutMs = reader.duration(['undo', 'timeout'], DEFAULT_TIMEOUT[body.kind]);
  return { kind: 'action', body, effect, declared, confirm, timeoutMs };
}

/** Reads the retry policy of a read. */
export function readRetry(
  retry: Document['retry'],
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
    delayMs: reader.duration(['retry', 'delay'], '1s'),
    backoff: retry.backoff ?? 2,
    maxDelayMs: reader.duration(['retry', 'max_delay'], '30s'),
    jitter: retry.jitter ?? true,
    on: retry.on ?? [],
  };
}
