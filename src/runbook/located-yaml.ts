import {
  boolCoreTag,
  EVENT_ID,
  type Event,
  floatCoreTag,
  getScalarValue,
  intCoreTag,
  NOT_RESOLVED,
  nullCoreTag,
  parseEvents,
  SCALAR_STYLE,
  type ScalarEvent,
  YAMLException,
} from 'js-yaml';
import type { Diagnostic } from './diagnostic.ts';
import { type OffsetMap, scalarOffsets } from './scalar-offsets.ts';
import type { Source, Span } from './source.ts';

/** A scalar with its place. */
export type LocatedScalar = {
  readonly kind: 'scalar';
  readonly span: Span;
  readonly value: string | number | boolean | null;
  /** The decoded text, also when `value` is a number. */
  readonly text: string;
  /** Returns the source offset of an offset in `text`. */
  readonly offsets: OffsetMap;
};

/** A sequence with its place. */
export type LocatedSequence = {
  readonly kind: 'sequence';
  readonly span: Span;
  readonly items: readonly LocatedNode[];
};

/** A mapping with its place; keys in the order of the text. */
export type LocatedMapping = {
  readonly kind: 'mapping';
  readonly span: Span;
  readonly entries: ReadonlyMap<string, { readonly key: Span; readonly value: LocatedNode }>;
};

/** A YAML value that knows where it stands. */
export type LocatedNode = LocatedScalar | LocatedSequence | LocatedMapping;

const MAX_DEPTH = 32;

/** Reads one YAML document with places; anchors, aliases, tags and merge keys are not part of the language. */
export function readYaml(source: Source): {
  readonly node: LocatedNode | undefined;
  readonly problems: readonly Diagnostic[];
} {
  const problems: Diagnostic[] = [];
  let events: Event[];
  try {
    events = parseEvents(source.text, { filename: source.file, maxDepth: MAX_DEPTH });
  } catch (error) {
    return { node: undefined, problems: [syntaxProblem(error, source)] };
  }
  const reader = createReader(source, events, problems);
  const node = reader();
  return { node: problems.length > 0 ? undefined : node, problems };
}

function syntaxProblem(error: unknown, source: Source): Diagnostic {
  const at =
    error instanceof YAMLException && error.mark ? error.mark.position : source.text.length;
  const message =
    error instanceof YAMLException ? error.reason : error instanceof Error ? error.message : '';
  return {
    severity: 'error',
    code: 'yaml-syntax',
    message: `this is not YAML: ${message}`,
    span: { start: at, end: at + 1 },
  };
}

function createReader(source: Source, events: readonly Event[], problems: Diagnostic[]) {
  let at = 0;

  function problem(start: number, end: number, message: string): void {
    problems.push({ severity: 'error', code: 'yaml-syntax', message, span: { start, end } });
  }

  function refuseExtras(event: Exclude<Event, { type: typeof EVENT_ID.POP }>): void {
    if ('tagStart' in event && event.tagStart >= 0)
      problem(event.tagStart, event.tagEnd, 'tags are not part of a runbook');
    if ('anchorStart' in event && event.anchorStart >= 0)
      problem(event.anchorStart, event.anchorEnd, 'anchors and aliases are not part of a runbook');
  }

  function read(): LocatedNode {
    const event = events[at];
    at += 1;
    if (event === undefined || event.type === EVENT_ID.POP || event.type === EVENT_ID.DOCUMENT)
      return emptyScalar(source.text.length);
    refuseExtras(event);
    if (event.type === EVENT_ID.SCALAR) return scalar(source, event);
    if (event.type === EVENT_ID.ALIAS) return emptyScalar(event.anchorStart);
    if (event.type === EVENT_ID.SEQUENCE) {
      const items: LocatedNode[] = [];
      while (events[at]?.type !== EVENT_ID.POP && at < events.length) items.push(read());
      at += 1;
      return {
        kind: 'sequence',
        span: around(
          event.start,
          items.map((item) => item.span),
        ),
        items,
      };
    }
    return mapping(event.start);
  }

  function mapping(start: number): LocatedMapping {
    const entries = new Map<string, { key: Span; value: LocatedNode }>();
    while (events[at]?.type !== EVENT_ID.POP && at < events.length) {
      const key = read();
      const value = read();
      const name = key.kind === 'scalar' ? key.text : undefined;
      if (name === undefined) problem(key.span.start, key.span.end, 'a key has to be plain text');
      else if (entries.has(name))
        problem(key.span.start, key.span.end, `the key "${name}" stands here twice`);
      else entries.set(name, { key: key.span, value });
    }
    at += 1;
    const spans = [...entries.values()].flatMap((entry) => [entry.key, entry.value.span]);
    return { kind: 'mapping', span: around(start, spans), entries };
  }

  return (): LocatedNode => {
    const documents = events.filter((event) => event.type === EVENT_ID.DOCUMENT).length;
    if (documents > 1) problem(0, 1, 'a runbook is one YAML document');
    at = 1;
    return events.length <= 2 ? emptyScalar(0) : read();
  };
}

function around(start: number, spans: readonly Span[]): Span {
  const first = spans[0]?.start ?? start;
  return { start: Math.min(start, first), end: spans.at(-1)?.end ?? start + 1 };
}

function emptyScalar(at: number): LocatedScalar {
  return { kind: 'scalar', span: { start: at, end: at }, value: null, text: '', offsets: () => at };
}

const PLAIN_TAGS = [nullCoreTag, boolCoreTag, intCoreTag, floatCoreTag];

function scalar(source: Source, event: ScalarEvent): LocatedScalar {
  const text = getScalarValue(source.text, event);
  const { span, offsets } = scalarOffsets(source.text, event, text);
  const value = event.style === SCALAR_STYLE.PLAIN ? plainValue(text) : text;
  return { kind: 'scalar', span, value, text, offsets };
}

function plainValue(text: string): string | number | boolean | null {
  for (const tag of PLAIN_TAGS) {
    const value = tag.resolve(text, false, tag.tagName);
    if (value !== NOT_RESOLVED) return value;
  }
  return text;
}
