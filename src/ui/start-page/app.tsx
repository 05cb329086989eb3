import { useApp, useInput, usePaste, useStdout, useWindowSize } from 'ink';
import { type JSX, useEffect, useRef, useState } from 'react';
import { asError } from '#errors.ts';
import type { RunRow } from '#events/view/run-row.ts';
import { areSeveral } from '../keys/burst.ts';
import { Lines } from '../terminal/lines.tsx';
import { drawStart } from './frame.ts';
import type { Finding, StartChoice, StartPage } from './page.ts';
import { pressStart } from './press.ts';
import {
  START,
  type StartEffect,
  type StartKey,
  type StartState,
  startKeysOf,
  withFinding,
} from './state.ts';

/** The dependencies of the page. */
export type StartAppProps = {
  readonly runbooks: StartPage['runbooks'];
  readonly environments: StartPage['environments'];
  /**
   * Reads the runs of this machine in batches, most recent first; `isWhole` is set on the last
   * batch if none is omitted.
   */
  readonly readRuns: () => AsyncIterable<{
    readonly runs: readonly RunRow[];
    readonly isWhole: boolean;
  }>;
  /** Classifies a text as an error and suggests runbooks. */
  readonly classify: (text: string) => Promise<Finding>;
  /** Returns milliseconds since 1970. */
  readonly clock: () => number;
  readonly onChoice: (choice: StartChoice) => void;
};

/** The start page: draws the runs and runbooks, and ends with a choice. */
export function StartApp({
  runbooks,
  environments,
  readRuns,
  classify,
  clock,
  onChoice,
}: StartAppProps): JSX.Element {
  const { exit, suspendTerminal } = useApp();
  const { stdout } = useStdout();
  const { columns, rows } = useWindowSize();
  const [page, setPage] = useState<StartPage>({
    ...{ runbooks, environments },
    ...{ runs: [], history: 'reading' },
  });
  // Several keys can arrive before React draws again, so the state they change is kept outside it.
  const latest = useRef<StartState>(START);
  const hasChosen = useRef(false);
  const [, redraw] = useState(0);
  const change = (state: StartState): void => {
    latest.current = state;
    redraw((count) => count + 1);
  };
  const frame = drawStart({ page, state: latest.current, now: clock(), columns, rows });

  useEffect(() => {
    let isOver = false;
    const read = async (): Promise<void> => {
      for await (const { runs, isWhole } of readRuns()) {
        if (isOver) return;
        const history = isWhole ? 'whole' : 'reading';
        setPage((known) => ({ ...known, runs: [...known.runs, ...runs], history }));
      }
      if (isOver) return;
      setPage((known) => (known.history === 'whole' ? known : { ...known, history: 'partial' }));
    };
    read().catch((error: unknown) => exit(asError(error)));
    return () => {
      isOver = true;
    };
  }, [readRuns, exit]);

  const look = async (text: string): Promise<void> => {
    // The key is handled first; of several texts typed meanwhile only the last is classified.
    await new Promise((resolve) => setImmediate(resolve));
    if (latest.current.box?.text === text)
      change(withFinding(latest.current, text, await classify(text)));
  };
  const suspend = async (): Promise<void> => {
    const suspension = await suspendTerminal();
    process.kill(process.pid, 'SIGTSTP');
    stdout.write('\r');
    void suspension.resume();
  };
  const perform = (effect: StartEffect): void => {
    if (effect.type === 'choose') {
      hasChosen.current = true;
      onChoice(effect.choice);
      exit();
    } else if (effect.type === 'suspend') void suspend();
    else look(effect.text).catch((error: unknown) => exit(asError(error)));
  };
  const type = (keys: readonly StartKey[]): void => {
    const isOfSeveral = areSeveral(keys);
    for (const key of keys) {
      if (hasChosen.current) return;
      const { pageSize, scrollLimit } = frame;
      const context = { page, now: clock(), pageSize, scrollLimit, isOfSeveral };
      const pressed = pressStart(latest.current, key, context);
      change(pressed.state);
      for (const effect of pressed.effects) perform(effect);
    }
  };
  useInput((input, key) => type(startKeysOf(input, key)));
  usePaste((text) => type([{ name: 'paste', text }]));

  return <Lines lines={frame.lines} />;
}
