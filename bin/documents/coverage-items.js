import { readFile } from 'node:fs/promises';
import { load } from 'js-yaml';

const file = new URL('../../test/fixtures/coverage.yaml', import.meta.url);

/** Returns the items of the sources, each with its id and its places, in their order. */
export async function coverageItems() {
  const items = Object.entries(load(await readFile(file, 'utf8')));
  return items.map(([id, { item, places }]) => ({ id, item, places: places.map(readPlace) }));
}

/** A place is `RUNBOOK/STEP`, `RUNBOOK/PART` with a text that it says, or a text the classifier knows. */
function readPlace(place) {
  if (typeof place === 'string') return { ...splitPlace(place) };
  if (place.match !== undefined) return { match: place.match, runbook: place.as };
  return { ...splitPlace(place.at), says: place.says };
}

function splitPlace(place) {
  const [runbook, part] = place.split('/');
  return { runbook, part };
}
