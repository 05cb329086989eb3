import type { Block } from './block.ts';
import type { Said } from './say.ts';

/** How much an event matters to who looks on. */
export type Tone = 'dim' | 'bold' | 'good' | 'warn' | 'bad';

/** An event in words. */
export type Told = {
  readonly said: Said;
  /** Facts for a record, after the words. */
  readonly detail?: Said;
  /** The facts under it. */
  readonly below?: readonly Said[];
  readonly tone?: Tone;
  /** Blocks that follow in a record. */
  readonly blocks?: readonly Block[];
};
