import { measureTeam } from './team/figures.ts';
import { startStage } from './team/stage.ts';

/** How long a page may take to show a gate whose rows have just been read. */
const FRESH_GATE_AIM_MS = 500;

type Say = (...lines: readonly string[]) => void;

/** Measures team mode beside a local run of the same runbook and prints the table. */
export async function benchTeam(
  runs: number,
  { say, progress }: { readonly say: Say; readonly progress: Say },
): Promise<void> {
  const stage = await startStage();
  try {
    const found = await measureTeam(stage, runs, progress);
    const beside = (ms: number) => `${ms.toFixed(1)} ms, ${(ms / found.localStep).toFixed(2)} ×`;
    const verdict = found.openToGate < FRESH_GATE_AIM_MS ? 'met' : 'missed';
    const rows: readonly (readonly [string, string])[] = [
      ['a step, local run', `${found.localStep.toFixed(1)} ms`],
      ['a step, run of a team alone', beside(found.aloneStep)],
      [`a step in each of ${runs} runs at once`, beside(found.manyRunStep)],
      [`the worker's time for a step of ${runs} runs`, beside(found.manyStep)],
      ['commits a run', found.commits.toFixed(1)],
      ['lines a run', found.lines.toFixed(0)],
      ['write-ahead log a run', `${found.walKiB.toFixed(0)} KiB`],
      ['memory a held run', `${found.heldKiB.toFixed(0)} KiB`],
      ['worker killed in a change → question', `${(found.killToQuestion / 1_000).toFixed(1)} s`],
      [
        'page of a parked run opened → fresh gate',
        `${found.openToGate.toFixed(0)} ms (< ${FRESH_GATE_AIM_MS} ms: ${verdict})`,
      ],
      ['confirmation sent → committed', `${found.clickToCommit.toFixed(0)} ms`],
    ];
    say('', ...rows.map(([what, figure]) => `${what.padEnd(42)} ${figure}`));
  } finally {
    await stage.stop();
  }
}
