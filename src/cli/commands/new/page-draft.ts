import { dump } from 'js-yaml';
import type { Page, PagePart } from './page-parts.ts';

/** A step of a draft, as a runbook writes it. */
export type DraftStep = { readonly id: string; readonly [key: string]: unknown };

/** A draft of a runbook. */
export type Draft = {
  readonly head: Readonly<Record<string, unknown>>;
  readonly inputs: readonly string[];
  readonly steps: readonly DraftStep[];
};

const SQL = /^(?:p?sql|pgsql|postgres\w*|plpgsql|mysql|mariadb)$/;
const SHELL = /^(?:|sh|bash|zsh|shell|console|terminal|shell-session|shellsession)$/;
/** The first words of what an unmarked block may be, if it is a statement. */
const STATEMENT = /^\s*(?:select|with|show|explain|update|delete|insert|alter|kill|set)\b/i;
/** The number of letters of a text that stands as the reason of a step. */
const LONGEST_WHY = 600;
/** The number of letters of one that stands as its title. */
const LONGEST_TITLE = 70;

/**
 * Returns a draft of the runbook that a page describes: a step for each block of code, with the text
 * above it as its reason or title, an instruction for what is only told, and a question for a
 * paragraph that begins with "if". Names such as `<POD>` and `{{ pod }}` become inputs.
 */
export function draftOf(
  page: Page,
  {
    name,
    title,
    severity,
  }: { readonly name: string; readonly title: string; readonly severity: string | undefined },
): Draft {
  const inputs = new Map<string, string>();
  const ids = new Set<string>(['solved', 'not_solved', 'is_it_solved']);
  const steps = page.sections.flatMap(({ title: heading, parts }) =>
    stepsOf(heading, parts, ids, inputs),
  );
  const [summary = `${title}.`, ...impact] = page.introduction.map(({ text }) => text);
  const first = page.introduction.some(({ language }) => language !== undefined)
    ? stepsOf('Before you start', page.introduction, ids, inputs)
    : [];
  return {
    head: {
      name,
      title,
      ...(severity !== undefined && { severity }),
      summary,
      ...(impact.length > 0 && first.length === 0 && { impact: impact.join('\n\n') }),
    },
    inputs: [...inputs.values()],
    steps: [...first, ...steps],
  };
}

function stepsOf(
  heading: string,
  parts: readonly PagePart[],
  ids: Set<string>,
  inputs: Map<string, string>,
): readonly DraftStep[] {
  const steps: DraftStep[] = [];
  let told: string[] = [];
  const name = heading.replace(/^(?:\d+[.)]\s*)+/, '');
  let untitled = 0;
  const add = (keys: Readonly<Record<string, unknown>>): void => {
    if (keys.title === undefined) untitled += 1;
    const title = untitled <= 1 ? name : `${name} (${untitled})`;
    steps.push({ id: idFor(String(keys.title ?? name), ids), title, ...keys });
  };
  const tell = (): void => {
    if (told.length > 0)
      add(
        told.length === 1 && /^if\b/i.test(told[0] ?? '')
          ? asked(told)
          : { manual: told.join('\n\n') },
      );
    told = [];
  };
  for (const { text, language } of parts) {
    const action = language === undefined ? undefined : actionOf(text, language, inputs);
    if (action === undefined) {
      told.push(text);
      continue;
    }
    const why = told.join('\n\n');
    if (why.length > LONGEST_WHY) tell();
    add({ ...aboutAction(told.length === 0 ? '' : why), ...action });
    told = [];
  }
  tell();
  return steps;
}

/** One short line above a block of code is its title. */
function aboutAction(why: string): Readonly<Record<string, unknown>> {
  const isTitle = why.length <= LONGEST_TITLE && !why.includes('\n') && !/[.!?]\s/.test(why);
  if (why === '') return {};
  return isTitle ? { title: why.replace(/[:.]$/, '') } : { why };
}

/** Where each answer leads only the author knows. */
function asked(told: readonly string[]): Readonly<Record<string, unknown>> {
  return {
    ask: { question: told.join('\n\n'), choices: ['It is so, and this is done', 'It is not so'] },
  };
}

function actionOf(
  text: string,
  language: string,
  inputs: Map<string, string>,
): Readonly<Record<string, unknown>> | undefined {
  const isSql = SQL.test(language) || (language === '' && STATEMENT.test(text));
  if (isSql) return { sql: statementOf(text, inputs) };
  if (!SHELL.test(language)) return undefined;
  const script = commandsOf(text);
  const env: Record<string, string> = {};
  const shell = withVariables(script, (placeholder) => {
    const input = inputFor(placeholder, inputs);
    const variable = input.toUpperCase();
    env[variable] = `\${{ inputs.${input} }}`;
    return variable;
  });
  return { shell, ...(Object.keys(env).length > 0 && { env }) };
}

/** `$ ls` in a session. A line that begins with `#` may be a comment, and is one. */
const PROMPT = /^\s*[$%]\s+(?=\S)/;

/** Of a session in a terminal the commands are run; the output that was shown becomes comments. */
function commandsOf(text: string): string {
  const lines = text.trimEnd().split('\n');
  if (!lines.some((line) => PROMPT.test(line))) return text.trimEnd();
  let isGoingOn = false;
  return lines
    .map((line) => {
      const isRun = isGoingOn || PROMPT.test(line);
      isGoingOn = isRun && line.endsWith('\\');
      return isRun ? line.replace(PROMPT, '') : `# ${line}`;
    })
    .join('\n');
}

/** `<POD>`, `<pod-name>`, `{{ pod }}`: a name to put a value for. */
const PLACEHOLDER =
  /(?<!<)<([A-Za-z][\w.-]*(?: [\w.-]+){0,4})>|\{\{\s*([A-Za-z][\w.-]{0,40})\s*\}\}/g;

/** Replaces placeholders by variables of the script, in whatever quotes they stand. */
function withVariables(script: string, variableFor: (placeholder: string) => string): string {
  let result = '';
  let quote = '';
  let from = 0;
  for (const found of script.matchAll(PLACEHOLDER)) {
    const before = script.slice(from, found.index);
    quote = quoteAfter(before, quote);
    const variable = `$${variableFor(found[1] ?? found[2] ?? '')}`;
    result +=
      before + (quote === '"' ? variable : quote === "'" ? `'"${variable}"'` : `"${variable}"`);
    from = found.index + found[0].length;
  }
  return result + script.slice(from);
}

function quoteAfter(text: string, before: string): string {
  let quote = before;
  for (const letter of text.replaceAll(/\\./g, '')) {
    if (quote === '' && (letter === '"' || letter === "'")) quote = letter;
    else if (letter === quote) quote = '';
  }
  return quote;
}

/** A value in quotes is bound without them. */
function statementOf(text: string, inputs: Map<string, string>): string {
  return text
    .trim()
    .replace(/;\s*$/, '')
    .replaceAll(
      new RegExp(`'(?:${PLACEHOLDER.source})'|${PLACEHOLDER.source}`, 'g'),
      (whole, ...groups) => {
        const name = groups.slice(0, 4).find((one) => one !== undefined);
        return typeof name === 'string' ? `\${{ inputs.${inputFor(name, inputs)} }}` : whole;
      },
    );
}

function inputFor(placeholder: string, inputs: Map<string, string>): string {
  const name = slug(placeholder, 'value');
  inputs.set(name, name);
  return name;
}

function idFor(heading: string, ids: Set<string>): string {
  const base = slug(heading, 'step').slice(0, 40).replace(/_+$/, '');
  let id = base;
  for (let count = 2; ids.has(id); count += 1) id = `${base}_${count}`;
  ids.add(id);
  return id;
}

function slug(text: string, otherwise: string): string {
  const made = text
    .normalize('NFKD')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '_')
    .replaceAll(/^[_\d]+|_+$/g, '');
  return made === '' ? otherwise : made;
}

/** Returns a step as an instruction with the same text: what cannot be run is told. */
export function asManual({ id, title, why, sql, shell }: DraftStep): DraftStep {
  const told = [why, sql ?? shell].filter((text) => text !== undefined);
  return { id, title, manual: told.join('\n\n') };
}

/** Returns the text of a draft. */
export function draftText({ head, inputs, steps }: Draft): string {
  const hasSql = steps.some(({ sql }) => sql !== undefined);
  const hasShell = steps.some(({ shell }) => shell !== undefined);
  const used = inputs.filter((name) => JSON.stringify(steps).includes(`inputs.${name} `));
  const document = {
    ...head,
    ...((hasSql || used.length > 0) && {
      inputs: {
        ...(hasSql && { database_url: { type: 'url', secret: true, env: 'DATABASE_URL' } }),
        ...Object.fromEntries(used.map((name) => [name, { type: 'text' }])),
      },
    }),
    ...((hasSql || hasShell) && {
      targets: {
        ...(hasSql && { db: { database: '${{ inputs.database_url }}' } }),
        ...(hasShell && { host: { local: true } }),
      },
    }),
    steps: [
      ...steps.map((step) => placed(step, hasSql && hasShell)),
      {
        id: 'is_it_solved',
        ask: { question: 'Is the incident over?', choices: { Yes: 'solved', No: 'not_solved' } },
      },
      {
        id: 'solved',
        finish: { outcome: 'resolved', summary: 'The operator says that it is over.' },
      },
      { id: 'not_solved', finish: { outcome: 'unresolved', summary: 'The page did not help.' } },
    ],
  };
  return yamlOf(document);
}

/** Returns a value as YAML; statements keep their lines. */
export function yamlOf(value: object): string {
  // Only YAML 1.1 takes the word for a boolean.
  return dump(value, { lineWidth: -1, noRefs: true }).replaceAll(/^( +)'on':/gm, '$1on:');
}

function placed(step: DraftStep, hasBoth: boolean): DraftStep {
  if (!hasBoth || (step.sql === undefined && step.shell === undefined)) return step;
  return { ...step, on: step.sql === undefined ? 'host' : 'db' };
}
