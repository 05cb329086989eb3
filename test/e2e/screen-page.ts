import type { Scene, Story } from './screen-story.ts';

/** The size of a terminal. */
export type Size = { readonly columns: number; readonly rows: number };

/** The size every screen is shown at, and those that some are shown at as well. */
export const SMALL: Size = { columns: 80, rows: 24 };
export const LARGER: readonly Size[] = [
  { columns: 120, rows: 40 },
  { columns: 200, rows: 60 },
];

/** Screens by the state they show and their size. */
export type Screens = ReadonlyMap<string, string>;

const INTRO = `# The screens

Every state of the screen, from real runs of the built command on real servers, in a terminal of 80 columns and 24
lines; some are also shown in larger terminals. Ports, times, durations and run IDs vary, and have been replaced.
\`npm run screens\` generates this file. \`test/e2e/screens.test.ts\` repeats the runs and compares the screens.
Colors are not shown.
`;

/** Returns what a screen is called among all of them. */
export function screenName(story: Story, scene: Scene, { columns, rows }: Size): string {
  return `${story.name} / ${scene.name} / ${columns}x${rows}`;
}

/** Returns the sizes that the golden file shows a state at. */
export function shownSizes({ larger, asItIs }: Scene): readonly Size[] {
  return larger === true && asItIs !== true ? [SMALL, ...LARGER] : [SMALL];
}

/** Returns the golden file with every state of the stories. */
export function screensPage(stories: readonly Story[], screens: Screens): string {
  return `${[INTRO, ...stories.flatMap((story) => storyParts(story, screens))].join('\n')}`;
}

function storyParts(story: Story, screens: Screens): readonly string[] {
  return [
    `## ${story.name}\n\n${story.says}\n`,
    ...story.scenes.map((scene) => {
      const blocks = shownSizes(scene).map((size) => {
        const screen = screens.get(screenName(story, scene, size)) ?? '';
        return `\`\`\`text ${size.columns}x${size.rows}\n${screen}\n\`\`\`\n`;
      });
      return [`### ${scene.name}\n`, `${scene.says} ${ways(scene)}\n`, ...blocks].join('\n');
    }),
  ];
}

/** What leads to a state from the one before. */
function ways({ moves }: Scene): string {
  const texts = moves.map(({ kind, label }) => {
    return kind === 'event' ? label : `\`${label}\``;
  });
  return `(${texts.join(', ')})`;
}

/** Returns the screens that a golden file shows. */
export function screensIn(page: string): Screens {
  const found = new Map<string, string>();
  let story = '';
  let scene = '';
  for (const [, level, heading, size, screen] of page.matchAll(PARTS)) {
    if (level === '##') story = heading ?? '';
    else if (level === '###') scene = heading ?? '';
    else found.set(`${story} / ${scene} / ${size}`, screen ?? '');
  }
  return found;
}

const PARTS = /^(###?) (.*)$|^```text (\d+x\d+)\n([\s\S]*?)\n```$/gm;
