import type { Template } from '#runbook/expression/template.ts';
import type { Body, Runbook, Stdin } from '#runbook/model/runbook.ts';
import { textsOf } from '#runbook/model/written-json.ts';
import { inlineCode } from './block.ts';

/** Returns the instructions to replace each placeholder of a body. */
export function valuesToPutIn(body: Body, runbook: Runbook): readonly string[] {
  const expressions = templatesOf(body).flatMap(({ placeholders }) =>
    placeholders.map(({ expression }) => expression.text),
  );
  return [...new Set(expressions)].map(
    (name) => `${inlineCode(name)}: ${meaningOf(name, runbook)}`,
  );
}

function templatesOf(body: Body): readonly Template[] {
  switch (body.kind) {
    case 'sql':
      return Object.values(body.texts);
    case 'shell':
      return [
        body.script,
        ...Object.values(body.env),
        ...(body.cwd === undefined ? [] : [body.cwd]),
        ...(body.stdin === undefined ? [] : stdinTexts(body.stdin)),
      ];
    case 'probe':
      return Object.values(body.params).filter(isTemplate);
  }
}

function stdinTexts(stdin: Stdin): readonly Template[] {
  return 'json' in stdin ? textsOf(stdin.json) : [stdin];
}

function isTemplate(param: unknown): param is Template {
  return typeof param === 'object' && param !== null && 'placeholders' in param;
}

function meaningOf(expression: string, { inputs, steps }: Runbook): string {
  const [root, name = ''] = expression.split(/[.[\s(]/);
  if (root === 'inputs') {
    const input = inputs.find((candidate) => candidate.name === name);
    const about = input?.description ?? 'a value of yours';
    return input === undefined || input.default === null ? about : `${about} (${input.default})`;
  }
  if (expression === 'preview.rows') return 'the rows of the look above, and no others';
  if (root === 'preview') return 'from the look above';
  if (root === 'steps') {
    const at = steps.findIndex(({ id }) => id === name);
    return at < 0 ? 'from an earlier step' : `from *${steps[at]?.title}* (step ${at + 1})`;
  }
  if (root === 'targets') return 'a part of the address above';
  if (root === 'run') return 'about this run; make it up';
  return 'the item at hand';
}
