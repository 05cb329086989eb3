import { QUESTIONS } from '#events/telling/question.ts';
import type { RunView } from '#events/view/run-view.ts';
import { harmlessLine } from '#text/harmless.ts';
import type { RunFeed } from './run-feed.ts';

const BELL = '\u0007';
/**
 * Pushes the terminal's title, to be restored later; ignored by terminals without a title stack.
 */
const KEEP = '\u001b[22;2t';
const RESTORE = '\u001b[23;2t';

/** The time without a key after which the operator may be looking elsewhere. */
const AWAY_AFTER_MS = 3_000;

/** Returns the terminal title: requests to the operator first. */
export function titleText(view: RunView): string {
  const mode = view.mode === 'live' ? 'LIVE' : 'DRY RUN';
  const where = view.environment === undefined ? mode : `${mode} ${view.environment}`;
  return harmlessLine(`${stateText(view)} · ${view.runbook.name} · ${where}`);
}

function stateText({ status, awaited, outcome }: RunView): string {
  if (status === 'finished') return (outcome ?? 'over').toUpperCase();
  return awaited === undefined ? '▶ running' : QUESTIONS[awaited.for].title;
}

/** Keeps the terminal's title until it is closed. */
export type TitleKeeper = {
  /** Records that the operator is present. */
  readonly keyPressed: () => void;
  /** Restores the terminal's previous title; idempotent. */
  readonly close: () => void;
};

/**
 * Keeps the title up to date, and rings the bell if the operator is needed and has pressed no key
 * for a while.
 */
export function keepTitle(
  store: RunFeed,
  terminal: { readonly write: (text: string) => void; readonly clock: () => number },
): TitleKeeper {
  const { write, clock } = terminal;
  let lastKeyAt = clock();
  let shown = '';
  let asked = '';
  let isClosed = false;
  const show = (): void => {
    const { view } = store.picture();
    const title = `\u001b]2;${titleText(view)}${BELL}`;
    if (title !== shown) write(title);
    shown = title;
    const asks = `${view.status} ${view.awaited?.seq}`;
    const isNew = asks !== asked && (view.status === 'finished' || view.status === 'waiting');
    if (isNew && clock() - lastKeyAt >= AWAY_AFTER_MS) write(BELL);
    asked = asks;
  };
  write(KEEP);
  show();
  const unsubscribe = store.subscribe(show);
  return {
    keyPressed() {
      lastKeyAt = clock();
    },
    close() {
      if (isClosed) return;
      isClosed = true;
      unsubscribe();
      write(RESTORE);
    },
  };
}
