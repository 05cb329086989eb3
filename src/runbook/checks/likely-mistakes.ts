import type { Diagnostic } from '../diagnostic.ts';
import { ENGINES } from '../model/engines.ts';
import type { LocatedMapping, LocatedNode, LocatedScalar } from '../yaml/located.ts';
import type { Source, Span } from '../yaml/source.ts';
import { CONDITIONS, conditionMistakes, declinedToo } from './condition-mistakes.ts';

const STATEMENTS = new Set<string>(['sql', ...ENGINES]);

/**
 * Returns warnings about texts that are valid and almost never meant, each found in what is written
 * and in nothing around it.
 */
export function likelyMistakes(source: Source, root: LocatedNode): readonly Diagnostic[] {
  if (root.kind !== 'mapping') return [];
  const [symptoms, steps] = ['symptoms', 'steps'].map((key) => root.entries.get(key)?.value);
  const texts = symptoms?.kind === 'sequence' ? symptoms.items : [];
  return [
    ...texts.flatMap((text) => (text.kind === 'scalar' ? tooGeneral(text) : [])),
    ...(steps === undefined ? [] : mistakesIn(source, steps)),
  ];
}

function mistakesIn(source: Source, node: LocatedNode): readonly Diagnostic[] {
  if (node.kind === 'sequence') return node.items.flatMap((item) => mistakesIn(source, item));
  if (node.kind === 'scalar') return [];
  const own = [...node.entries].flatMap(([key, { value }]) => {
    if (value.kind !== 'scalar') return mistakesIn(source, value);
    if (CONDITIONS.has(key)) return conditionMistakes(value);
    if (STATEMENTS.has(key)) return everyRow(value);
    return key === 'shell'
      ? [...folded(source, value), ...endsWithOne(value, node), ...emptyPath(value)]
      : TIME_LIMITS.has(key)
        ? noTime(value)
        : [];
  });
  return [...own, ...declinedToo(node)];
}

const TIME_LIMITS = new Set(['timeout', 'every']);

function noTime({ text, span }: LocatedScalar): readonly Diagnostic[] {
  if (!/^0+(?:\.0+)?(?:ms|s|m|h)$/.test(text)) return [];
  return [
    {
      severity: 'warning',
      code: 'no-time',
      message:
        '0 is no time: a timeout ends what it limits before it begins, and checks follow each other without a pause',
      span,
      hint: 'write the time that it may take, e.g. 10s, or leave the key out for the default',
    },
  ];
}

/** Words that most logs of most incidents contain. */
const IN_EVERY_LOG =
  /^(?:alert|connection|crash(?:ed)?|critical|database|db|down|emergency|err|error|errors|exception|fail|failed|failure|fatal|incident|issue|panic|postgres(?:ql)?|mysql|mariadb|problem|severe|slow|sql|timed? ?out|timeout|unavailable|unknown|warn|warning)[:.!]?$/i;

function tooGeneral({ text, span }: LocatedScalar): readonly Diagnostic[] {
  if (!IN_EVERY_LOG.test(text.trim())) return [];
  return [
    {
      severity: 'warning',
      code: 'symptom-in-every-log',
      message:
        'the logs of most incidents contain this, so this runbook is suggested for all of them',
      span,
      hint: 'write more of the message, as the log has it',
    },
  ];
}

/** `rm -rf "$DIR"/…`, `rm -rf $DIR/…` */
const REMOVED = /\brm\s+(?:-\S+\s+)+(?:"?\$(?:(\w+)|\{(\w+)\})"?\/)/g;

function emptyPath({ text, offsets }: LocatedScalar): readonly Diagnostic[] {
  return [...text.matchAll(REMOVED)].map(({ 0: found, 1: bare, 2: braced, index }) => ({
    severity: 'warning',
    code: 'empty-path',
    message: `without a value of $${bare ?? braced}, this removes what is below /`,
    span: { start: offsets(index), end: offsets(index + found.length - 1) + 1 },
    hint: `write "\${${bare ?? braced}:?}"/, which stops if it is empty`,
  }));
}

/** Commands that answer no with an exit code. */
const ANSWERS_NO =
  /^(?:(?:[ef]?grep|zgrep|rg)(?!.*\s-\w*o)|diff|cmp|pgrep|pidof|systemctl\s+(?:-\S+\s+)*is-(?:active|enabled)|service\s+\S+\s+status|test|\[)(?=\s)/;

function endsWithOne({ text, span }: LocatedScalar, step: LocatedMapping): readonly Diagnostic[] {
  const script = text.trim();
  if (/[\n;&]|\|\|/.test(script) || step.entries.has('ok_exit')) return [];
  const last = script.split('|').at(-1)?.trim() ?? '';
  const [command] = ANSWERS_NO.exec(last) ?? [];
  if (command === undefined || isExpected(step)) return [];
  return [
    {
      severity: 'warning',
      code: 'no-is-failure',
      message: `${command.replace(/\s+/g, ' ')} says no with an exit code other than 0, and that counts as a failure here`,
      span,
      hint: 'write ok_exit: with the codes that are answers, e.g. [0, 1], and test result.exit_code',
    },
  ];
}

/** Returns whether the step says what a failure means, or wants the command to succeed. */
function isExpected(step: LocatedMapping): boolean {
  const texts = (node: LocatedNode | undefined): readonly string[] =>
    node === undefined
      ? []
      : node.kind === 'scalar'
        ? [node.text]
        : node.kind === 'sequence'
          ? node.items.flatMap(texts)
          : [...node.entries.values()].flatMap(({ value }) => texts(value));
  const said = ['next', 'until', 'on_error', 'retry'].flatMap((key) =>
    texts(step.entries.get(key)?.value),
  );
  return said.some((text) => /\berror\.|exit_code/.test(text));
}

function everyRow({ text, offsets }: LocatedScalar): readonly Diagnostic[] {
  const bare = text.replace(/--[^\n]*|\/\*[\s\S]*?\*\/|'(?:''|[^'])*'/g, (it) =>
    ' '.repeat(it.length),
  );
  const [found, changes] =
    /^\s*(update|delete(?=\s+from\s+(?:only\s+)?\S+(?:\s+as\s+\w+)?\s*;?\s*$))\b/i.exec(bare) ?? [];
  if (found === undefined || /\b(?:where|limit|join|using)\b/i.test(bare)) return [];
  const start = found.length - (changes ?? '').length;
  return [
    {
      severity: 'warning',
      code: 'every-row',
      message: `this ${changes?.toLowerCase() === 'delete' ? 'deletes' : 'changes'} every row of the table`,
      span: { start: offsets(start), end: offsets(found.length - 1) + 1 },
      hint: 'add WHERE, or WHERE true if every row is meant',
    },
  ];
}

/** A line that goes on: with a flag, an operator, or a value. */
const GOES_ON = /^(?:[-|&)};\\"'$<>]|\d*[<>]|\$\{\{)/;
const OPEN = /(?:[|&;\\({,=]|\b(?:do|then|else|in))$/;

function folded({ text }: Source, { span }: LocatedScalar): readonly Diagnostic[] {
  const start = text.lastIndexOf(':', span.start) + 1;
  const [head] = /^[ \t]*>[-+\d]*[ \t]*\n/.exec(text.slice(start, span.end)) ?? [];
  if (head === undefined) return [];
  const lines = text.slice(start + head.length, span.end).split('\n');
  const index = lines.findIndex((line, at) => {
    const before = lines[at - 1]?.trim() ?? '';
    return before !== '' && !OPEN.test(before) && line.trim() !== '' && !GOES_ON.test(line.trim());
  });
  const line = lines[index];
  if (line === undefined || !/^[a-z_][\w./-]*(?:\s|$)/i.test(line.trim())) return [];
  const at = start + head.length + lines.slice(0, index).join('\n').length + 1;
  const from = at + line.length - line.trimStart().length;
  return [foldedAt({ start: from, end: at + line.trimEnd().length })];
}

function foldedAt(span: Span): Diagnostic {
  return {
    severity: 'warning',
    code: 'folded-script',
    message: '">" joins the lines, so this is an argument of the command before it',
    span,
    hint: 'write shell: | to keep the lines, or end the line before with \\ if it goes on',
  };
}
