import type { Template } from '#runbook/expression/template.ts';
import { bodyTemplates } from '#runbook/kinds/action-kinds.ts';
import { ENGINE_FACTS } from '#runbook/model/engines.ts';
import { inputText } from '#runbook/model/input-text.ts';
import type { Body, InputDefinition, Runbook, TargetDefinition } from '#runbook/model/runbook.ts';
import { type Block, heading, inlineCode } from './block.ts';

/** Returns how to reach every target of a runbook. */
export function placesSection({ targets, inputs }: Runbook): readonly Block[] {
  if (targets.length === 0) return [];
  const items = targets.map((target) => `${inlineCode(target.name)}: ${place(target, inputs)}`);
  return [heading(2, 'Where to run it'), { kind: 'list', items }];
}

/** Describes how to get a shell or a client at a target. */
export function place(target: TargetDefinition, inputs: readonly InputDefinition[]): string {
  const word = (template: Template) => valueWord(template, inputs);
  switch (target.kind) {
    case 'local':
      return 'this machine';
    case 'ssh':
      return `a shell from ${inlineCode(`ssh ${word(target.ssh)}`)}`;
    case 'docker':
      return `a shell from ${inlineCode(`docker exec -it ${word(target.container)} bash`)}`;
    case 'kubernetes': {
      const options = [
        ...(target.context === undefined ? [] : [`--context ${word(target.context)}`]),
        ...(target.namespace === undefined ? [] : [`--namespace ${word(target.namespace)}`]),
        `exec -it ${target.workload.kind}/${word(target.workload.name)}`,
        ...(target.container === undefined ? [] : [`--container ${word(target.container)}`]),
      ];
      return `a shell from ${inlineCode(`kubectl ${options.join(' ')} -- bash`)}`;
    }
    case 'database': {
      const url = word(target.database);
      const reserve =
        target.reserve === undefined
          ? ''
          : `; if no ordinary slot is free, with ${inlineCode(word(target.reserve))}`;
      return `${client(target.engine, url)}${reserve}`;
    }
  }
}

function client(
  engine: Extract<TargetDefinition, { kind: 'database' }>['engine'],
  url: string,
): string {
  if (engine === undefined) return `the database at ${inlineCode(url)}`;
  const { name, console: program, protocol } = ENGINE_FACTS[engine];
  if (protocol === 'postgres') return `${name}, with ${inlineCode(`${program} ${url}`)}`;
  return `${name}, with the client ${inlineCode(program)} and the parts of ${inlineCode(url)}`;
}

/** An input that an environment variable provides is written as that variable. */
function valueWord({ text, placeholders }: Template, inputs: readonly InputDefinition[]): string {
  const [only] = placeholders;
  if (only !== undefined && only.length === text.trim().length) {
    const name = /^inputs\.(\w+)$/.exec(only.expression.text)?.[1];
    const env = inputs.find((input) => input.name === name)?.env;
    if (env !== undefined) return `"$${env}"`;
  }
  return placeholders.length === 0 && /^[\w@:./-]+$/.test(text) ? text : `"${text}"`;
}

/** Returns the instructions to replace each placeholder of a body. */
export function valuesToPutIn(body: Body, runbook: Runbook): readonly string[] {
  const expressions = bodyTemplates(body).flatMap(({ placeholders }) =>
    placeholders.map(({ expression }) => expression.text),
  );
  return [...new Set(expressions)].map(
    (name) => `${inlineCode(name)}: ${meaningOf(name, runbook)}`,
  );
}

function meaningOf(expression: string, { inputs, steps }: Runbook): string {
  const [root, name = ''] = expression.split(/[.[\s(]/);
  if (root === 'inputs') {
    const input = inputs.find((candidate) => candidate.name === name);
    const about = input?.description ?? 'your value';
    return input === undefined || input.default === null
      ? about
      : `${about} (${inputText(input.default)})`;
  }
  if (expression === 'preview.rows') return 'exactly the rows of the preview above';
  if (root === 'values') return 'computed, see above';
  if (root === 'preview') return 'from the preview above';
  if (root === 'steps') {
    const at = steps.findIndex(({ id }) => id === name);
    return at < 0 ? 'from an earlier step' : `from *${steps[at]?.title}* (step ${at + 1})`;
  }
  if (root === 'targets') return 'a part of the address above';
  if (root === 'run') return 'a fact about the run; choose one';
  return 'the current item';
}
