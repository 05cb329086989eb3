import type * as z from 'zod/mini';
import type { Diagnostic } from '../diagnostic.ts';
import type { Names } from '../expression/known-names.ts';
import { parseTemplate, type Template } from '../expression/template.ts';
import { holds } from '../yaml/holds.ts';

/** Declares that a scalar holds a text with `${{ }}` placeholders, which may use `names`. */
export function template(schema: z.ZodMiniType<unknown>, names: Names): z.ZodMiniType<Template> {
  return holds(schema, (_, { node }) => {
    const problems: Diagnostic[] = [];
    if (node.kind !== 'scalar') return { value: undefined, problems };
    const value = parseTemplate(node.text, node.span, node.offsets, problems, names);
    return { value, problems };
  });
}
