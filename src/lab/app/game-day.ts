import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import { messageOf } from '#errors.ts';
import type { FaultCheck } from '../fault.ts';
import type { StartedFault } from '../start-fault.ts';
import { type ByHandScript, byHandOf, writeByHandScripts } from './by-hand-scripts.ts';
import { type Door, openDoor } from './door.ts';
import { logLine } from './log-line.ts';
import { type Application, startApplication } from './start-application.ts';

/** The state of an affected user: served again, or with an error. */
export type Sufferer = { readonly served: boolean; readonly complaint: string };

/** The thresholds of every blind drill, so that they do not tell its fault. Its server is seconds old. */
export const BLIND_THRESHOLDS = {
  waiting_for: '0s',
  longer_than: '1s',
  idle_in_transaction_for: '2s',
} as const;

const LOOK_EVERY_MS = 2_000;

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
  let checking: Promise<FaultCheck> | undefined;
  const checkOnce = () => {
    checking ??= fault.check().finally(() => {
      checking = undefined;
    });
    return checking;
  };
  let application: Application | undefined;
  let door: Door | undefined;
  /** The log ends with the error of another part of the application. */
  let isInLog = false;
  let watch: NodeJS.Timeout | undefined;
  const look = async (): Promise<Sufferer> => {
    const { gone } = await checkOnce();
    if (gone && isInLog && application !== undefined) {
      isInLog = false;
      clearInterval(watch);
      await appendFile(application.logFile, logLine('requests are served'));
    }
    return { served: gone, complaint: fault.complaint };
  };
  const stop = async () => {
    clearInterval(watch);
    isInLog = false;
    await door?.close();
    await application?.stop();
    await fault.stop();
  };
  try {
    door = await openDoor(join(home, 'drill.sock'), async (word) => {
      if (word === 'look') return JSON.stringify(await look());
      if (application === undefined) return 'failed The application has not started yet.';
      const reply = await doByHand(fault, application, word);
      // The action may be half of the fix: the other half changes nothing here.
      if (isInLog) watch ??= setInterval(() => void look().catch(() => {}), LOOK_EVERY_MS).unref();
      return reply;
    });
    const front = await startApplication(fault.keeper, fault, door.path);
    application = front;
    const scripts = scriptsFor(fault, options.blind);
    const scriptFolder = await writeByHandScripts(home, door.path, scripts);
    const complaint = async () => {
      const words = await front.lastWords();
      if (words.includes('fail')) return words;
      // Only another part of the application fails: its error is added to the log.
      await appendFile(front.logFile, logLine(fault.complaint));
      isInLog = true;
      return fault.complaint;
    };
    return { fault, application: front, scriptFolder, scripts, complaint, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Returns the reply to the script of an action, which starts with `ok` or `failed`. */
async function doByHand(
  { byHand, appUrl }: StartedFault,
  application: Application,
  word: string,
): Promise<string> {
  const wanted = byHand.find(({ name }) => name === word);
  const before = appUrl();
  try {
    await wanted?.do();
  } catch (error) {
    return `failed It did not work: ${messageOf(error)}`;
  }
  await application.configure();
  const { status, text } = await application.healthAnew();
  if (wanted === undefined) return `ok Nothing changed. The health page: ${status} ${text}`;
  if (appUrl() === before) return 'ok Done.';
  return `ok Done. The application's new URL is in ${application.urlFile}.`;
}

function scriptsFor({ byHand: own, engine }: StartedFault, blind: boolean) {
  const known: readonly ByHandScript[] = blind ? byHandOf(engine) : [];
  const shown = new Map(known.map((each) => [each.name, each]));
  for (const { name, title } of own) if (!shown.has(name)) shown.set(name, { name, title });
  return [...shown.values()].toSorted((a, b) => (a.name < b.name ? -1 : 1));
}
