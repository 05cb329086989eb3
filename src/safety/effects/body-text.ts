import type { Template } from '#runbook/expression/template.ts';
import type { Body } from '#runbook/model/runbook.ts';

/** Returns the script, the URL, or the first statement of a body; undefined for probes. */
export function bodyText(body: Body): Template | undefined {
  if (body.kind === 'shell') return body.script;
  if (body.kind === 'http') return body.url;
  return body.kind === 'sql' ? Object.values(body.texts)[0] : undefined;
}
