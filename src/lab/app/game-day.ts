import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import { messageOf } from '#errors.ts';
import type { ByHand, FaultCheck } from '../fault.ts';
import type { StartedFault } from '../start-fault.ts';
import { type ByHandScript, EVERY_BY_HAND, writeByHandScripts } from './by-hand-scripts.ts';
import { type Door, openDoor } from './door.ts';
import { type Application, startApplication } from './start-application.ts';

/** The state of an affected user: served again, or with an error. */
export type Sufferer = { readonly served: boolean; readonly complaint: string };

/** The thresholds of every blind drill, so that they do not tell its fault. Its server is seconds old. */
export const BLIND_THRESHOLDS = {
  waiting_for: '0s',
  longer_than: '1s',
  idle_in_transaction_for: '2s',
} as const;

/** A fault with an affected application, and scripts for manual actions. */
export type GameDay = {
  readonly fault: StartedFault;
  readonly application: Application;
  /** The directory of the scripts. */
  readonly scriptFolder: string;
  readonly scripts: readonly ByHandScript[];
  /** Returns the last error of the application, which its log ends with. */
  complaint(): Promise<string>;
  /** Ends all processes and removes all files. Idempotent. */
  stop(): Promise<void>;
};

/**
 * Adds an application and scripts to a started fault, and takes ownership of it: `stop` also ends
 * the fault. `blind` offers every script of the lab, not only those of this fault.
 */
export async function startGameDay(
  fault: StartedFault,
  options: { readonly blind: boolean },
): Promise<GameDay> {
  const home = fault.keeper.folder;
  let look: Promise<FaultCheck> | undefined;
  const lookOnce = () => {
    look ??= fault.check().finally(() => {
      look = undefined;
    });
    return look;
  };
  let application: Application | undefined;
  let door: Door | undefined;
  const stop = async () => {
    await door?.close();
    await application?.stop();
    await fault.stop();
  };
  try {
    door = await openDoor(join(home, 'drill.sock'), async (word) => {
      if (word === 'look') return JSON.stringify(suffererOf(fault, await lookOnce()));
      const reply = await doByHand(fault.byHand, word);
      await application?.configure();
      return reply ?? `ok Nothing changed. The health page: ${await healthLine(application)}`;
    });
    const front = await startApplication(fault.keeper, fault, door.path);
    application = front;
    const scripts = scriptsFor(fault.byHand, options.blind);
    const scriptFolder = await writeByHandScripts(home, door.path, scripts);
    const complaint = () => complaintOf(fault, front);
    return { fault, application: front, scriptFolder, scripts, complaint, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** If only another part of the application fails, its error is added to the log. */
async function complaintOf({ complaint }: StartedFault, { lastWords, logFile }: Application) {
  const words = await lastWords();
  if (words.includes('fail')) return words;
  await appendFile(logFile, `${complaint}\n`);
  return complaint;
}

function suffererOf({ complaint }: StartedFault, { gone }: FaultCheck): Sufferer {
  return { served: gone, complaint };
}

async function healthLine(application: Application | undefined): Promise<string> {
  if (application === undefined) return 'not up yet';
  const { status, text } = await application.health();
  return `${status} ${text}`;
}

/** Returns the reply, which starts with `ok` or `failed`; undefined if this fault has no such action. */
async function doByHand(known: readonly ByHand[], word: string): Promise<string | undefined> {
  const wanted = known.find(({ name }) => name === word);
  if (wanted === undefined) return undefined;
  try {
    await wanted.do();
    return 'ok Done.';
  } catch (error) {
    return `failed It did not work: ${messageOf(error)}`;
  }
}

function scriptsFor(own: readonly ByHand[], blind: boolean): readonly ByHandScript[] {
  const known: readonly ByHandScript[] = blind ? EVERY_BY_HAND : [];
  const shown = new Map(known.map((each) => [each.name, each]));
  for (const { name, title } of own) if (!shown.has(name)) shown.set(name, { name, title });
  return [...shown.values()].toSorted((a, b) => (a.name < b.name ? -1 : 1));
}
