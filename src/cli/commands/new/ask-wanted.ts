import { EXIT, RunbookError } from '#errors.ts';
import { type Prompts, withPrompts } from '#report/plain/prompts.ts';
import { SERVER_ENGINES } from '#runbook/model/engines.ts';
import { DEFAULT_SEVERITY } from '#runbook/model/terms.ts';
import { listed } from '#text/count.ts';
import type { CommandLine } from '../../command-spec.ts';
import { create as spec } from '../../specs/runbooks.ts';
import type { TemplateName } from './scaffold.ts';

const { severity, template, target } = spec.options;

const TEMPLATES: Readonly<Record<TemplateName, string>> = {
  'diagnose-and-fix': 'inspects a database, changes something behind a gate, verifies the result',
  shell: 'does the same with scripts, here or on another machine',
  checklist: 'instructions and questions, for work without commands',
};

/** Choices for a new runbook, from the command line or from answers. */
export type Given = Omit<CommandLine<typeof spec>['options'], 'dir' | 'force' | 'from'> & {
  readonly name: string;
};

type Answers = { -readonly [K in keyof Given]?: NonNullable<Given[K]> };

/** Asks on the terminal for missing details; an empty line accepts the default in brackets. */
export async function askWanted(given: Given): Promise<Answers> {
  return await withPrompts(async (prompts) => {
    const answers: Answers = {};
    if (given.title === undefined) {
      const title = await line(prompts, 'Title of the incident: ');
      if (title !== '') answers.title = title;
    }
    if (given.severity === undefined)
      answers.severity = await choice(prompts, 'Severity', severity.values, DEFAULT_SEVERITY);
    Object.assign(answers, await askKind(prompts, given));
    const kind = given.template ?? answers.template;
    if (kind === 'shell' && given.target === undefined)
      answers.target = await choice(prompts, 'Scripts run on', target.values);
    return answers;
  });
}

async function askKind(prompts: Prompts, given: Given): Promise<Answers> {
  const isScript = given.engine === 'none' || given.target !== undefined;
  if (given.template === undefined && isScript) return { template: 'shell' };
  if (given.template === undefined && given.engine !== undefined)
    return { template: 'diagnose-and-fix' };
  if (given.template === undefined)
    for (const [name, about] of Object.entries(TEMPLATES))
      process.stdout.write(`  ${name}: ${about}\n`);
  const chosen = given.template ?? (await choice(prompts, 'Template', template.values));
  if (chosen !== 'diagnose-and-fix' || given.engine !== undefined) return { template: chosen };
  return { template: chosen, engine: await choice(prompts, 'Engine', SERVER_ENGINES) };
}

/**
 * Accepts the start of a value; an empty line selects the default, which is the first value unless
 * another is given.
 */
async function choice<T extends string>(
  prompts: Prompts,
  what: string,
  known: readonly T[],
  byDefault: T | undefined = known[0],
): Promise<T> {
  const others = known.filter((it) => it !== byDefault);
  for (;;) {
    const typed = await line(prompts, `${what} [${byDefault}], or ${others.join(', ')}: `);
    if (typed === '' && byDefault !== undefined) return byDefault;
    const fitting = known.filter((word) => word.startsWith(typed.toLowerCase()));
    const [only] = fitting;
    if (fitting.length === 1 && only !== undefined) return only;
    process.stdout.write(`  expected ${listed(known)}\n`);
  }
}

async function line(prompts: Prompts, question: string): Promise<string> {
  const reply = await prompts.ask(question);
  if (reply.kind === 'line') return reply.text.trim();
  throw new RunbookError('cancelled: nothing was written', {
    code: 'no-answer',
    exitCode: EXIT.notConfirmed,
  });
}
