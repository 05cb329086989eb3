import type { Diagnostic } from './diagnostic.ts';
import { readDocument } from './document.ts';
import { parseDuration } from './duration.ts';
import type { LocatedMapping, LocatedNode } from './located-yaml.ts';
import { stepNames } from './names.ts';
import { createPartReader, type Names, type PartReader } from './part-reader.ts';
import { readAction } from './read-action.ts';
import type { AskStep, Clause, Phase, Step, StepKind, TargetDefinition } from './runbook.ts';
import { STEP_SCHEMAS, type StepDocument } from './schema.ts';
import { refuseSecrets, type SecretNames } from './secrets.ts';
import { didYouMean } from './suggest.ts';

/** What a step is read against: the rest of the runbook. */
export type StepSurroundings = {
  readonly names: Names;
  readonly targets: readonly TargetDefinition[];
  readonly stepIds: ReadonlySet<string>;
  readonly secrets: SecretNames;
  readonly phaseBefore: Phase;
};

const KINDS = Object.keys(STEP_SCHEMAS) as (keyof typeof STEP_SCHEMAS)[];
const LATER_KINDS = ['probe', 'runbook', 'parallel'];

/** Returns the kind of a step as written, by the one key that makes it that kind. */
export function kindOf(node: LocatedMapping): keyof StepDocument | undefined {
  const present = KINDS.filter((kind) => node.entries.has(kind));
  return present.length === 1 ? present[0] : undefined;
}

/** Checks one step against the schema of its kind, whatever stands around it. */
export function readStepDocument(
  node: LocatedNode,
  problems: Diagnostic[],
):
  | { readonly kind: keyof StepDocument; readonly document: StepDocument[keyof StepDocument] }
  | undefined {
  const reader = createPartReader(node, problems);
  if (node.kind !== 'mapping') {
    reader.report('wrong-type', node.span, 'a step is a mapping', 'e.g. { id: capacity, sql: … }');
    return undefined;
  }
  const kind = kindOf(node);
  if (kind === undefined) {
    reportKind(node, reader);
    return undefined;
  }
  const checked = readDocument(STEP_SCHEMAS[kind], node);
  for (const problem of checked.problems) problems.push(problem);
  return checked.value && { kind, document: checked.value };
}

/** Reads one step; problems are added to `problems` and may leave it undefined. */
export function readStep(
  node: LocatedNode,
  surroundings: StepSurroundings,
  problems: Diagnostic[],
): Step | undefined {
  const reader = createPartReader(node, problems);
  const written = readStepDocument(node, problems);
  if (written === undefined) return undefined;
  const { kind, document } = written;
  const before = problems.length;
  const does = readBody(kind, document, reader, surroundings);
  const step = {
    id: document.id,
    title: document.title ?? document.id.replaceAll(/[_-]/g, ' '),
    why: document.why,
    phase: document.phase ?? surroundings.phaseBefore,
    span: node.span,
    if: reader.condition(['if'], surroundings.names),
    forEach: undefined,
    next: readNext(document, kind, reader, surroundings),
    maxVisits: document.max_visits ?? 10,
  };
  return does === undefined || problems.length > before ? undefined : { ...step, does };
}

function reportKind(node: LocatedMapping, reader: PartReader): void {
  const present = KINDS.filter((kind) => node.entries.has(kind));
  const later = LATER_KINDS.find((kind) => node.entries.has(kind));
  const id = node.entries.get('id')?.value;
  const name = id?.kind === 'scalar' ? ` "${id.text}"` : '';
  const span = { start: node.span.start, end: node.span.start + 1 };
  if (present.length > 1) {
    reader.report(
      'step-kind',
      span,
      `the step${name} is ${present.join(' and ')} at once`,
      'split it into one step each',
    );
  } else if (later !== undefined) {
    const at = node.entries.get(later)?.key ?? span;
    reader.report(
      'step-kind',
      at,
      `this version has no ${later} steps`,
      `it has ${KINDS.join(', ')}`,
    );
  } else {
    const near = [...node.entries.keys()]
      .map((key) => didYouMean(key, KINDS))
      .find((hint) => hint?.startsWith('did'));
    reader.report(
      'step-kind',
      span,
      `the step${name} does nothing`,
      near ?? `give it one of ${KINDS.join(', ')}`,
    );
  }
}

function readBody(
  kind: StepKind,
  document: StepDocument[keyof StepDocument],
  reader: PartReader,
  surroundings: StepSurroundings,
): Step['does'] | undefined {
  if ('sql' in document || 'shell' in document) return readAction(document, reader, surroundings);
  if ('ask' in document) return readAsk(document.ask, reader, surroundings);
  if ('wait' in document)
    return { kind: 'wait', ms: parseDuration(document.wait) ?? 0, until: undefined };
  const text = kind === 'manual' ? ['manual'] : ['finish', 'summary'];
  const template = reader.template(text, surroundings.names);
  if (template === undefined) return undefined;
  refuseSecrets(template, surroundings.secrets, 'secret-in-text', reader);
  if ('finish' in document)
    return { kind: 'finish', outcome: document.finish.outcome, summary: template };
  return { kind: 'manual', instruction: template };
}

function readAsk(
  ask: StepDocument['ask']['ask'],
  reader: PartReader,
  surroundings: StepSurroundings,
): AskStep | undefined {
  const short = typeof ask === 'string';
  const question = reader.template(short ? ['ask'] : ['ask', 'question'], surroundings.names);
  if (question === undefined) return undefined;
  refuseSecrets(question, surroundings.secrets, 'secret-in-text', reader);
  const choices = short ? [] : (ask.choices ?? []);
  const answer = (short ? undefined : ask.type) ?? (choices.length > 0 ? 'choice' : 'text');
  if (answer === 'choice' && choices.length === 0)
    reader.report(
      'missing-key',
      reader.span(['ask']),
      'a choice has no choices',
      'add choices: […]',
    );
  return { kind: 'ask', question, answer, choices };
}

function readNext(
  document: StepDocument[keyof StepDocument],
  kind: StepKind,
  reader: PartReader,
  surroundings: StepSurroundings,
): readonly Clause[] {
  const hasPreview = 'preview' in document && document.preview !== undefined;
  const own = stepNames(kind, hasPreview ? ['result', 'error', 'preview'] : ['result', 'error']);
  const names = { ...surroundings.names, ...own };
  const clauses = document.next ?? [];
  return clauses.map((clause, index) => {
    const path = ['next', index];
    const condition = reader.condition([...path, 'if'], names);
    const target = reader.template([...path, 'goto'], {})?.text;
    const span = reader.span(path);
    if (clause.if === undefined && index < clauses.length - 1)
      reader.report(
        'default-not-last',
        span,
        'a clause without "if" is the default and has to be the last one',
        'no clause below it is ever taken',
      );
    if (target !== undefined && !surroundings.stepIds.has(target))
      reader.report(
        'unknown-step',
        reader.span([...path, 'goto']),
        `there is no step "${target}"`,
        didYouMean(target, surroundings.stepIds),
      );
    const finding = reader.template([...path, 'finding'], names);
    if (finding !== undefined)
      refuseSecrets(finding, surroundings.secrets, 'secret-in-text', reader);
    return { span, if: condition, finding, goto: target };
  });
}
