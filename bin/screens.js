import { writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { isShown, shown, throughSizes } from '../test/e2e/screen-look.ts';
import { screenName, screensPage, shownSizes } from '../test/e2e/screen-page.ts';
import { openStage, play } from '../test/e2e/screen-stage.ts';
import { STORIES } from '../test/e2e/screen-stories.ts';
import { buildAll } from './build.js';
import { screenPage } from './documents/screen-page.js';

// Makes test/e2e/screens.golden.md: every state of the screen, from real runs in a real terminal, and the page
// docs/operate/screen.md with some of them.
const QUIET_MS = 500;

await buildAll();
const stage = await openStage();
const screens = new Map();
try {
  const told = await Promise.allSettled(STORIES.map(record));
  for (const { status, reason } of told) if (status === 'rejected') throw reason;
} finally {
  await stage.server.stop();
}
const golden = fileURLToPath(new URL('../test/e2e/screens.golden.md', import.meta.url));
await writeFile(golden, screensPage(STORIES, screens));
const page = fileURLToPath(new URL('../docs/operate/screen.md', import.meta.url));
await writeFile(page, await screenPage());

async function record(story) {
  await play(story, stage, (scene, terminal) =>
    throughSizes(scene, terminal, async (size) => {
      const name = screenName(story, scene, size);
      const before = screens.get(name);
      if (before !== undefined) await terminal.waitFor((screen) => isShown(screen, before));
      else if (shownSizes(scene).includes(size)) screens.set(name, await settled(terminal));
    }),
  );
  process.stdout.write(`${story.name}\n`);
}

/** What is shown once it has stayed the same for a while. */
async function settled(terminal) {
  for (let before = shown(terminal); ; ) {
    await sleep(QUIET_MS);
    const now = shown(terminal);
    if (now === before) return now;
    before = now;
  }
}
