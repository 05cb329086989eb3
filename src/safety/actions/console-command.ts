import type { Scope } from '#runbook/expression/cel.ts';
import {
  missing,
  type Rendered,
  renderTemplate,
  type Template,
  textOf,
} from '#runbook/expression/template.ts';
import type { Value } from '#runbook/model/value.ts';

/**
 * Renders a command of PgBouncer's console, which binds no parameters: each value becomes one
 * quoted name. Returns a reason if a value is none.
 */
export function renderConsoleCommand(template: Template, scope: Scope): Rendered<string> {
  return renderTemplate(template, scope, (value, placeholder) => {
    if (value === null) return missing(placeholder);
    return quoteConsoleName(value);
  });
}

/** Quotes a value for the console, which knows no escape but the doubled quote. */
function quoteConsoleName(value: Value): Rendered<string> {
  if (typeof value === 'object')
    return { ok: false, reason: 'the console takes one value, not a list' };
  const text = textOf(value);
  if (text === '')
    return { ok: false, reason: 'the console takes an empty name for all databases' };
  if (text.includes('\0')) return { ok: false, reason: 'the console reads NUL as an end' };
  return { ok: true, value: `"${text.replaceAll('"', '""')}"` };
}
