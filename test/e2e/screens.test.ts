import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { isFramed, isShown, shown, throughSizes } from './screen-look.ts';
import { type Size, screenName, screensIn, shownSizes } from './screen-page.ts';
import { openStage, play, type Stage } from './screen-stage.ts';
import { STORIES } from './screen-stories.ts';
import type { Scene, Story } from './screen-story.ts';
import type { OpenTerminal } from './terminal.ts';

/** How long the screen of the golden file may take to appear. A screen that differs stays so. */
const PATIENCE_MS = 30_000;

const golden = readFileSync(new URL('screens.golden.md', import.meta.url), 'utf8');
const screens = screensIn(golden);

let stage: Stage | undefined;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage?.server.stop());

function opened(): Stage {
  if (stage === undefined) throw new Error('the server has not been started');
  return stage;
}

/** Waits for a screen of the golden file, and fails with the difference. */
async function expectScreen(terminal: OpenTerminal, name: string): Promise<void> {
  const expected = screens.get(name);
  const isThere = terminal.waitFor((screen) => isShown(screen, expected), PATIENCE_MS);
  await isThere.catch(() => expect(shown(terminal), `${name}; npm run screens`).toBe(expected));
}

async function expectWhole(terminal: OpenTerminal, name: string, size: Size): Promise<void> {
  const isWhole = (screen: string) => isFramed(screen, size) && /LIVE|DRY RUN|runbook/.test(screen);
  await terminal.waitFor(isWhole, PATIENCE_MS).catch(() => expect(shown(terminal)).toBe(name));
}

function look(story: Story, scene: Scene, terminal: OpenTerminal): Promise<void> {
  return throughSizes(scene, terminal, (size) => {
    const name = screenName(story, scene, size);
    const isInPage = shownSizes(scene).includes(size);
    return isInPage ? expectScreen(terminal, name) : expectWhole(terminal, name, size);
  });
}

function codesOf(received: string): readonly string[] {
  return received.split('\u001b[').slice(1);
}

describe.concurrent('the screens of the golden file are those of a real run, at every size', () => {
  test.each(STORIES)('$name', async (story) => {
    await play(story, opened(), async (scene, terminal) => {
      await look(story, scene, terminal);
      for (const [text, style] of Object.entries(scene.looks ?? {}))
        expect([text, terminal.styleOf(text)]).toMatchObject([text, style]);
      // 256 colours, or colours of one's own, would not follow the terminal's palette.
      expect(
        codesOf(terminal.received).filter((code) => /^(?:[\d;]*;)?[345]8[;:]/.test(code)),
      ).toEqual([]);
    });
  });
});

test('the golden file has every state, and no other', () => {
  const names = STORIES.flatMap((story) =>
    story.scenes.flatMap((scene) =>
      shownSizes(scene).map((size) => screenName(story, scene, size)),
    ),
  );
  expect([...screens.keys()]).toEqual(names);
});
