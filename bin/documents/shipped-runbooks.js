import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readSource } from '#cli/library/find-runbook.ts';
import { loadRunbook } from '#cli/library/load-runbook.ts';

const folder = fileURLToPath(new URL('../../runbooks/', import.meta.url));

/** Returns the shipped runbooks with their texts, by name, in the order of the alphabet. */
export async function shippedRunbooks() {
  const files = (await readdir(folder)).filter((file) => /^[a-z0-9-]+\.yaml$/.test(file)).sort();
  const runbooks = new Map();
  for (const file of files) {
    const source = { ...readSource(join(folder, file)), file: `runbooks/${file}` };
    const runbook = await loadRunbook(source, [folder]);
    runbooks.set(runbook.name, { runbook, text: source.text });
  }
  return runbooks;
}
