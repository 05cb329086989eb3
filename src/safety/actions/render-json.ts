import type { Scope } from '#runbook/expression/cel.ts';
import type { Rendered } from '#runbook/expression/template.ts';
import { jsonText, type Value } from '#runbook/model/value.ts';
import type { WrittenJson } from '#runbook/model/written-json.ts';
import { renderValue } from './render-value.ts';

/**
 * Renders JSON with placeholders. A text that is a single placeholder becomes its value, with its
 * type, including null; nothing is ever spliced into the JSON text. Returns a reason if a
 * placeholder has no value.
 */
export function renderJson(written: WrittenJson, scope: Scope): Rendered<string> {
  const rendered = renderedJson(written, scope);
  return rendered.ok ? { ok: true, value: jsonText(rendered.value) } : rendered;
}

function renderedJson(written: WrittenJson, scope: Scope): Rendered<Value> {
  switch (written.kind) {
    case 'text':
      return renderValue(written.text, scope);
    case 'value':
      return { ok: true, value: written.value };
    case 'list':
      return allOf(written.items, scope);
    case 'mapping': {
      const values = allOf(
        written.entries.map(([, value]) => value),
        scope,
      );
      if (!values.ok) return values;
      const entries = written.entries.map(([key], at) => [key, values.value[at] ?? null] as const);
      return { ok: true, value: Object.fromEntries(entries) };
    }
  }
}

function allOf(items: readonly WrittenJson[], scope: Scope): Rendered<readonly Value[]> {
  const values: Value[] = [];
  for (const item of items) {
    const rendered = renderedJson(item, scope);
    if (!rendered.ok) return rendered;
    values.push(rendered.value);
  }
  return { ok: true, value: values };
}
