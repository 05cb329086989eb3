import type { Template } from '../expression/template.ts';
import { isTemplate, requestTexts } from './http-request.ts';
import type { Body, Stdin } from './runbook.ts';
import type { PlaceDefinition } from './target-definition.ts';
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
        ...(body.place === undefined ? [] : placeTemplates(body.place)),
        ...(body.cwd === undefined ? [] : [body.cwd]),
        ...(body.stdin === undefined ? [] : stdinTexts(body.stdin)),
      ];
    case 'http':
      return requestTexts(body);
    case 'probe':
      return Object.values(body.params).filter(isTemplate);
  }
}

/** Returns every template of an address. */
function placeTemplates(place: PlaceDefinition): readonly Template[] {
  if (place.kind === 'ssh') return [place.ssh];
  if (place.kind === 'docker') return [place.container];
  const { context, namespace, workload, container } = place;
  return [context, namespace, workload.name, container].filter((part) => part !== undefined);
}

function stdinTexts(stdin: Stdin): readonly Template[] {
  return 'json' in stdin ? textsOf(stdin.json) : [stdin];
}
