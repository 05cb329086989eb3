import {
  ACTION_KIND_NAMES,
  type ActionKind,
  type Body,
  bodyKinds,
  declarationOf,
} from '../kinds/action-kinds.ts';
import type { Written } from '../kinds/declaration.ts';
import { scriptOptions } from '../kinds/shell.ts';
import type { BodyPlace } from './body-place.ts';

/**
 * Reads the body of a step under the key of its kind: of the step itself, its preview, its
 * verification or its undo.
 */
export function readBody(document: Written, place: BodyPlace): Body | undefined {
  const [kind = 'shell'] = bodyKinds(document);
  const on = place.on ?? place.around.at;
  return declarationOf(kind).read(document, { ...place, on });
}

/** Reads a body that is one of several kinds, each with its own key; reports none or several. */
export function readOneBody(
  what: string,
  document: Written,
  place: BodyPlace,
  kinds = ACTION_KIND_NAMES,
): Body | undefined {
  const [kind, another] = bodyKinds(document);
  if (kind !== undefined && another === undefined) {
    if (kind !== 'shell') refuseScriptKeys(what, kind, document, place);
    return readBody(document, place);
  }
  // A step that is named and cannot be repeated is already reported.
  if (document.again !== undefined || document.from !== undefined) return undefined;
  const names = kinds.join(', ');
  place.reader.report(
    'step-kind',
    place.reader.span(place.path),
    `${what} is one of ${names}`,
    `give it exactly one of ${names}`,
  );
  return undefined;
}

/** The keys beside a script that no other kind has; how it is parsed is ignored. */
const SCRIPT_KEYS = Object.keys(scriptOptions).filter((key) => key !== 'parse');

function refuseScriptKeys(
  what: string,
  kind: ActionKind,
  document: Written,
  { path, reader }: BodyPlace,
): void {
  for (const key of SCRIPT_KEYS)
    if (document[key] !== undefined)
      reader.report(
        'unknown-key',
        reader.keySpan([...path, key]),
        `${what} with ${kind} has no "${key}"`,
        'it belongs to shell',
      );
}
