import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { keepProven, provenPage } from './documents/proven-page.js';
import { realTargetsPage } from './documents/real-targets-page.js';
import { runbookPages } from './documents/runbook-pages.js';
import { screenPage } from './documents/screen-page.js';

// Writes the documents that are made from something else: a page per runbook, pictures of the screen, the
// real targets that tests solve faults on, and which faults were ended on real servers. A file that the tests
// wrote with RUNBOOK_PROVEN replaces what was kept of those.
const root = fileURLToPath(new URL('../', import.meta.url));

const pages = await runbookPages();
await writePages('docs/runbooks', pages);
const [proven] = process.argv.slice(2);
if (proven !== undefined) await keepProven(proven);
await writeFile(join(root, 'docs/reference/proven.md'), await provenPage());
await writeFile(join(root, 'docs/reference/real-targets.md'), realTargetsPage());
await writeFile(join(root, 'docs/operate/screen.md'), await screenPage());

async function writePages(folder, texts) {
  const path = join(root, folder);
  await mkdir(path, { recursive: true });
  for (const name of await readdir(path)) if (!texts.has(name)) await rm(join(path, name));
  for (const [name, text] of texts) await writeFile(join(path, name), text);
  process.stdout.write(`${texts.size} pages in ${folder}\n`);
}
