import type { Fragment, Parameter, Template } from '#runbook/expand/library.ts';
import { libraryFile } from '#runbook/yaml/source.ts';

/** Explains a fragment: its parameters and its texts. */
export function fragmentText({ name, file, parameters, texts }: Fragment): string {
  const blocks = Object.entries(texts).flatMap(([engine, text]) => {
    const head = engine === 'any' ? [] : [`${engine}:`];
    return text === undefined ? [] : [...head, `\`\`\`\n${text.text.trim()}\n\`\`\``];
  });
  return [headOf(`fragment \`${name}\``, file, parameters), ...blocks].join('\n\n');
}

/** Explains a template: what it puts in place, and its parameters. */
export function templateText({ name, file, parameters, kind, items }: Template): string {
  const what = kind === 'step' ? 'a step' : `${items.length} ${kind}`;
  return headOf(`template \`${name}\`: ${what}`, file, parameters);
}

function headOf(what: string, file: string | undefined, parameters: readonly Parameter[]): string {
  const place = file === undefined ? [] : [`of \`${libraryFile(file)}\``];
  const given = parameters.map(({ name, type }) => `\`${name}\` (${type})`);
  return [
    [what, ...place].join(' '),
    ...(given.length === 0 ? [] : [`Parameters: ${given.join(', ')}`]),
  ].join('\n\n');
}
