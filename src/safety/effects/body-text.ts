import type { Template } from '#runbook/expression/template.ts';
import type { Body } from '#runbook/model/runbook.ts';

/** Returns the script, the URL, or the first statement of a body; undefined for probes. */
export function bodyText(body: Body): Template | undefined {
  switch (body.kind) {
    case 'shell':
      return body.script;
    case 'http':
      return body.url;
    case 'sql':
      return Object.values(body.texts)[0];
    case 'probe':
      return undefined;
  }
}
