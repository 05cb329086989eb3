import { evaluate, type Scope } from '#runbook/expression/cel.ts';
import { type Rendered, renderText, type Template } from '#runbook/expression/template.ts';
import type { Json, Value } from '#runbook/model/value.ts';

/**
 * Renders a value of a runbook. A template that is a single placeholder keeps the type of its
 * value; any other becomes text. Returns a reason if a placeholder has no value.
 */
export function renderValue(written: Template | Json, scope: Scope): Rendered<Value> {
  if (!isTemplate(written)) return { ok: true, value: written };
  const [only] = written.placeholders;
  if (only === undefined || only.length !== written.text.length) return renderText(written, scope);
  const evaluation = evaluate(only.expression, scope);
  return evaluation.ok
    ? evaluation
    : { ok: false, reason: `\${{ ${only.expression.text} }} has no value: ${evaluation.reason}` };
}

function isTemplate(written: Template | Json): written is Template {
  return written !== null && typeof written === 'object' && 'placeholders' in written;
}
