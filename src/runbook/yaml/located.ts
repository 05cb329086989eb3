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
import { type Diagnostic, errorAt } from '../diagnostic.ts';
import { type OffsetMap, scalarOffsets } from './scalar-offsets.ts';
import { partsOf, type Source, type Span } from './source.ts';
import { usualCause } from './usual-causes.ts';

/** A scalar with its place. */
export type LocatedScalar = {
  readonly kind: 'scalar';
  readonly span: Span;
  readonly value: string | number | boolean | null;
  /** The decoded text, even if `value` is a number. */
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

/** A mapping with its place; keys in text order. */
export type LocatedMapping = {
  readonly kind: 'mapping';
  readonly span: Span;
  readonly entries: ReadonlyMap<string, LocatedEntry>;
  /** Set on a clause that a handler added to the `next` of a step. */
  readonly isHandler?: true;
};

/** A key with its value. */
type LocatedEntry = {
  readonly key: Span;
  readonly value: LocatedNode;
  /** In `{ }`, the key has no colon, as after a comma inside a text without quotes. */
  readonly isBare?: true;
};

/** A YAML value with its place. */
export type LocatedNode = LocatedScalar | LocatedSequence | LocatedMapping;

const MAX_DEPTH = 32;

/** One YAML document that was read: a node without problems, or every problem. */
export type ReadYaml = {
  readonly node: LocatedNode | undefined;
  readonly problems: readonly Diagnostic[];
};

/**
 * Reads one file of a source with places, by default the runbook. Rejects anchors, aliases, tags and
 * merge keys.
 */
export function readYaml(source: Source, part = partsOf(source)[0]): ReadYaml {
  if (part === undefined) return { node: undefined, problems: [] };
  const { start, end } = part.span;
  const read = readDocument({ file: part.file, text: source.text.slice(start, end) });
  return start === 0
    ? read
    : {
        node: read.node && shifted(read.node, start),
        problems: read.problems.map(shiftedBy(start)),
      };
}

function readDocument(source: Source): ReadYaml {
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

function shiftedBy(by: number): (problem: Diagnostic) => Diagnostic {
  return (problem) => ({ ...problem, span: shiftedSpan(problem.span, by) });
}

function shiftedSpan({ start, end }: Span, by: number): Span {
  return { start: start + by, end: end + by };
}

/** Returns a node with its places moved, from its own file to the whole text of a source. */
function shifted(node: LocatedNode, by: number): LocatedNode {
  const span = shiftedSpan(node.span, by);
  if (node.kind === 'scalar')
    return { ...node, span, offsets: (offset) => node.offsets(offset) + by };
  if (node.kind === 'sequence')
    return { ...node, span, items: node.items.map((item) => shifted(item, by)) };
  const entries = [...node.entries].map(
    ([name, entry]) =>
      [
        name,
        { ...entry, key: shiftedSpan(entry.key, by), value: shifted(entry.value, by) },
      ] as const,
  );
  return { ...node, span, entries: new Map(entries) };
}

function syntaxProblem(error: unknown, source: Source): Diagnostic {
  if (!(error instanceof YAMLException)) throw error;
  const at = error.mark?.position ?? source.text.length;
  const tab = /^ *\t/.exec(source.text.slice(source.text.lastIndexOf('\n', at - 1) + 1, at));
  const reason = tab === null ? error.reason : 'tab characters must not be used in indentation';
  const start = tab === null ? at : source.text.lastIndexOf('\t', at - 1);
  const cause = usualCause(source.text, at, reason);
  const span = (tab === null ? cause?.span : undefined) ?? { start, end: start + 1 };
  return errorAt('yaml-syntax', span, `this is not YAML: ${reason}`, cause?.hint);
}

function createReader(source: Source, events: readonly Event[], problems: Diagnostic[]) {
  let at = 0;
  /** The end of the most recent node: empty nodes have no place of their own. */
  let last = 0;

  function problem(start: number, end: number, message: string, hint?: string): void {
    problems.push(errorAt('yaml-syntax', { start, end }, message, hint));
  }

  function refuseExtras(event: Exclude<Event, { type: typeof EVENT_ID.POP }>): void {
    if ('tagStart' in event && event.tagStart >= 0)
      problem(
        event.tagStart,
        event.tagEnd,
        'tags are not part of a runbook',
        'a text that begins with ! has to be quoted',
      );
    if ('anchorStart' in event && event.anchorStart >= 0)
      problem(
        event.anchorStart - 1,
        event.anchorEnd,
        'anchors and aliases are not part of a runbook',
        'a text that begins with & or * has to be quoted',
      );
  }

  /** Reads a node; `place` returns its place if it is empty. */
  function read(place: () => Span): LocatedNode {
    const event = events[at];
    at += 1;
    if (event === undefined || event.type === EVENT_ID.POP || event.type === EVENT_ID.DOCUMENT)
      return emptyScalar(place());
    refuseExtras(event);
    if (event.type === EVENT_ID.ALIAS) return emptyScalar(place());
    if (event.type === EVENT_ID.SEQUENCE) return sequence(event.start);
    if (event.type === EVENT_ID.MAPPING) return mapping(event.start);
    if (event.valueStart < 0) return emptyScalar(place());
    const found = scalar(source, event);
    last = found.span.end;
    return found;
  }

  function sequence(start: number): LocatedSequence {
    const items: LocatedNode[] = [];
    last = start;
    while (events[at]?.type !== EVENT_ID.POP && at < events.length) {
      items.push(read(nextDash));
    }
    at += 1;
    return { kind: 'sequence', span: collection(start), items };
  }

  /** An empty item has the place of its dash. */
  function nextDash(): Span {
    const dash = Math.max(last, source.text.indexOf('-', last));
    last = dash + 1;
    return { start: dash, end: last };
  }

  function mapping(start: number): LocatedMapping {
    const entries = new Map<string, LocatedEntry>();
    last = start;
    while (events[at]?.type !== EVENT_ID.POP && at < events.length) {
      const key = read(() => ({ start: last, end: last + 1 }));
      const value = read(() => key.span);
      const name = key.kind === 'scalar' ? key.text : undefined;
      if (name === undefined)
        problem(
          key.span.start,
          key.span.end,
          'a key has to be plain text',
          'a text that begins with [ or { has to be quoted',
        );
      else if (entries.has(name))
        problem(
          key.span.start,
          key.span.end,
          `the key "${name}" stands here twice`,
          'keep one of them',
        );
      else
        entries.set(name, { key: key.span, value, ...(isBare(key.span.end) && { isBare: true }) });
    }
    at += 1;
    return { kind: 'mapping', span: collection(start), entries };
  }

  function isBare(end: number): boolean {
    return /^\s*[,}]/.test(source.text.slice(end, end + 80));
  }

  /** Returns the place of a collection that starts at `start`, after its parts have been read. */
  function collection(start: number): Span {
    const bracket = { '[': ']', '{': '}' }[source.text[start] ?? ''];
    const close = bracket === undefined ? -1 : source.text.indexOf(bracket, last);
    last = Math.max(last, close + 1, start + 1);
    return { start, end: last };
  }

  return (): LocatedNode => {
    const whole = () => ({ start: 0, end: 0 });
    const documents = events.filter((event) => event.type === EVENT_ID.DOCUMENT).length;
    at = 1;
    const first = events.length <= 2 ? emptyScalar(whole()) : read(whole);
    const second = source.text.indexOf('---', last);
    if (documents > 1)
      problem(second, second + 3, 'a runbook is one YAML document', 'put each into its own file');
    return first;
  };
}

function emptyScalar(span: Span): LocatedScalar {
  return { kind: 'scalar', span, value: null, text: '', offsets: () => span.start };
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
