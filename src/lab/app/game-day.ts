import { join } from 'node:path';
import { messageOf } from '#errors.ts';
import type { ByHand, FaultCheck } from '../fault.ts';
import type { StartedFault } from '../start-fault.ts';
import { type ByHandScript, EVERY_BY_HAND, writeByHandScripts } from './by-hand-scripts.ts';
import { type Door, openDoor } from './door.ts';
import { type Application, startApplication } from './start-application.ts';

/** The state of an affected user: served again, or with an error. */
export type Sufferer = { readonly served: boolean; readonly complaint: string };

/** A fault with an affected application, and scripts for manual actions. */
export type GameDay = {
  readonly fault: StartedFault;
  readonly application: Application;
  /** The directory of the scripts. */
  readonly scriptFolder: string;
  readonly scripts: readonly ByHandScript[];
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
      return reply;
    });
    application = await startApplication(fault.keeper, fault, door.path);
    const scripts = scriptsFor(fault.byHand, options.blind);
    const scriptFolder = await writeByHandScripts(home, door.path, scripts);
    return { fault, application, scriptFolder, scripts, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function suffererOf({ complaint }: StartedFault, { gone }: FaultCheck): Sufferer {
  return { served: gone, complaint };
}

async function doByHand(known: readonly ByHand[], word: string): Promise<string> {
  const wanted = known.find(({ name }) => name === word);
  if (wanted === undefined)
    return 'ok Nothing was done: this is not part of the fix for this fault.';
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
