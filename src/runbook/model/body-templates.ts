import type { Template } from '../expression/template.ts';
import { isTemplate, requestTexts } from './http-request.ts';
import type { Body, Stdin } from './runbook.ts';
import { textsOf } from './written-json.ts';

/** Returns every template of a body. */
export function bodyTemplates(body: Body): readonly Template[] {
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
    case 'http':
      return requestTexts(body);
    case 'probe':
      return Object.values(body.params).filter(isTemplate);
  }
}

function stdinTexts(stdin: Stdin): readonly Template[] {
  return 'json' in stdin ? textsOf(stdin.json) : [stdin];
}
