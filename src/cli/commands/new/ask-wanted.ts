import { EXIT, RunbookError } from '#errors.ts';
import { openPrompts, type Prompts } from '#report/plain/prompts.ts';
import { ENGINES } from '#runbook/model/engines.ts';
import { DEFAULT_SEVERITY, SEVERITIES } from '#runbook/model/terms.ts';
import { PLACES, TEMPLATES } from './scaffold.ts';

type Given = {
  readonly name: string;
  readonly title?: string | undefined;
  readonly severity?: string | undefined;
  readonly template?: string | undefined;
  readonly engine?: string | undefined;
  readonly target?: string | undefined;
};

type Answers = { -readonly [K in keyof Given]?: string };

/** Asks on the terminal for what was not given; an empty line takes what is in brackets. */
export async function askWanted(given: Given): Promise<Answers> {
  const prompts = openPrompts(process.stdin, process.stdout);
  const answers: Answers = {};
  try {
    if (given.title === undefined) {
      const title = await line(prompts, 'Title, as the operator calls the incident: ');
      if (title !== '') answers.title = title;
    }
    if (given.severity === undefined)
      answers.severity = await choice(prompts, 'Severity', [
        DEFAULT_SEVERITY,
        ...SEVERITIES.filter((each) => each !== DEFAULT_SEVERITY),
      ]);
    const { template, engine } = await askKind(prompts, given);
    if (template !== undefined) answers.template = template;
    if (engine !== undefined) answers.engine = engine;
    const kind = given.template ?? template;
    if (kind === 'shell' && given.target === undefined)
      answers.target = await choice(prompts, 'Scripts run on', PLACES);
    return answers;
  } finally {
    prompts.close();
  }
}

async function askKind(
  prompts: Prompts,
  given: Given,
): Promise<{ readonly template?: string; readonly engine?: string }> {
  const isScript = given.engine === 'none' || given.target !== undefined;
  if (given.template === undefined && isScript) return { template: 'shell' };
  if (given.template === undefined && given.engine !== undefined)
    return { template: 'diagnose-and-fix' };
  if (given.template === undefined)
    for (const [name, about] of Object.entries(TEMPLATES))
      process.stdout.write(`  ${name}: ${about}\n`);
  const template = given.template ?? (await choice(prompts, 'Template', Object.keys(TEMPLATES)));
  if (template !== 'diagnose-and-fix' || given.engine !== undefined) return { template };
  const engine = await choice(prompts, 'Engine', ENGINES);
  return { template, engine };
}

/** The first one is taken when nothing is typed; the beginning of a word is enough. */
async function choice(prompts: Prompts, what: string, known: readonly string[]): Promise<string> {
  const [first = '', ...others] = known;
  for (;;) {
    const typed = await line(prompts, `${what} [${first}], or ${others.join(', ')}: `);
    if (typed === '') return first;
    const fitting = known.filter((word) => word.startsWith(typed.toLowerCase()));
    const [only] = fitting;
    if (fitting.length === 1 && only !== undefined) return only;
    process.stdout.write(`  "${typed}" is not one of ${known.join(', ')}\n`);
  }
}

async function line(prompts: Prompts, question: string): Promise<string> {
  const reply = await prompts.ask(question);
  if (reply.kind === 'line') return reply.text.trim();
  throw new RunbookError('nothing was written', {
    code: 'no-answer',
    exitCode: EXIT.notConfirmed,
  });
}
