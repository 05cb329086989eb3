import { DRY, PAGE, TEAM } from './screen-stories-around.ts';
import { QUEUE, REFUSED } from './screen-stories-gates.ts';
import { LONG, MAIL } from './screen-stories-inside.ts';
import type { Story } from './screen-story.ts';

/** Every state of the screen, in the order of screens.golden.md. */
export const STORIES: readonly Story[] = [PAGE, QUEUE, REFUSED, MAIL, LONG, TEAM, DRY];
