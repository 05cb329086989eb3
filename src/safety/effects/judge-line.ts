import type { Template } from '#runbook/expression/template.ts';
import { isConsole, textsReachable } from '#runbook/model/engines.ts';
import type { Body, BodyOf, Effect, Engine } from '#runbook/model/runbook.ts';
import { sessionProblem } from '../actions/session-statement.ts';
import { effectOf, judgeStatement } from '../kinds/sql.ts';
import { judgeScript } from './judge-script.ts';
import { isUnproven } from './not-read.ts';
import { mayBePostgres } from './parser-needs.ts';
import type { EffectParsers, ParserNeeds } from './parsers.ts';

/** A statement or script that an operator typed, for a target of the run. */
export type TypedLine = {
  readonly text: string;
  readonly target: string;
  readonly kind: 'sql' | 'shell';
  /** The engine of the target, if known; for statements. */
  readonly engine: Engine | undefined;
};

/** The inferred effect of a typed line. */
export type JudgedLine = {
  readonly body: Body;
  readonly effect: Effect;
  /** False if its effect is an assumption, since it is not proven to only read. */
  readonly certain: boolean;
  /** The reasons why it is not a read; empty for a read. */
  readonly because: readonly string[];
  /** The reason why it is refused; undefined if it may run. */
  readonly refused: string | undefined;
};

/** Returns the parsers that a typed line needs. */
export function needsOfLine({ kind, engine, text }: TypedLine): ParserNeeds {
  if (kind === 'shell') return { shell: true, postgres: text.includes('psql') };
  return { shell: false, postgres: mayBePostgres(engine) };
}

/**
 * Infers the effect of a typed line, as for the same text in a runbook. Unparsable text is not a
 * read.
 */
export function judgeLine(typed: TypedLine, parsers: EffectParsers): JudgedLine {
  const { kind, engine, text } = typed;
  const written = bodyOf(typed);
  const own =
    written.kind === 'shell'
      ? { ...judgeScript(written, parsers, []), body: written }
      : judgeStatement(written, textsReachable(written.texts, engine), parsers);
  const { report, problems } = own;
  const unreadable = problems.map(({ message }) => message);
  const effect = effectOf(own);
  const isRead = effect === 'read';
  return {
    body: own.body,
    effect,
    certain: unreadable.length === 0 && !isUnproven(report),
    because: unreadable.length > 0 ? unreadable : report.because.map((reason) => reason.text),
    refused: kind === 'sql' && !isRead ? refusal(text, engine, unreadable) : undefined,
  };
}

function refusal(
  text: string,
  engine: Engine | undefined,
  unreadable: readonly string[],
): string | undefined {
  return isConsole(engine) ? unreadable[0] : sessionProblem(text);
}

function bodyOf({ kind, target, text }: TypedLine): BodyOf<'sql' | 'shell'> {
  if (kind === 'sql') return { kind, target, texts: { any: literal(text) }, effects: {} };
  return {
    kind,
    target,
    script: literal(text),
    env: {},
    cwd: undefined,
    stdin: undefined,
    okExit: [0],
    parse: 'text',
    interactive: false,
  };
}

/** Returns a template without placeholders, whatever the text looks like. */
export function literal(text: string): Template {
  return { text, span: { start: 0, end: 0 }, placeholders: [], origin: [] };
}
