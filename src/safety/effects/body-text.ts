import type { Template } from '#runbook/expression/template.ts';
import type { Body } from '#runbook/model/runbook.ts';

/** Returns the script of a body, or the first of its statements; undefined for probes. */
export function bodyText(body: Body): Template | undefined {
  if (body.kind === 'shell') return body.script;
  return body.kind === 'sql' ? Object.values(body.texts)[0] : undefined;
}
