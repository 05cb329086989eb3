import type { ByHand, FaultCheck, MadeFault } from '../fault.ts';
import type { Lab } from '../setup/lab.ts';
import { type Bystanders, once } from './sessions.ts';

/** An active fault without what follows from its lab and its bystanders. */
type FaultParts = Pick<MadeFault, 'layer' | 'runbook' | 'describe' | 'complaint'> & {
  /** Inputs of the runbook besides the URL of the application. */
  readonly inputs: MadeFault['inputs'];
  readonly byHand?: readonly ByHand[] | undefined;
  readonly bystanders?: Bystanders | undefined;
  /** Checks the fault itself; `lost` are the healthy things besides the bystanders. */
  check(): Promise<
    Omit<FaultCheck, 'collateral'> & { readonly lost?: FaultCheck['collateral'] | undefined }
  >;
  /** Restores the lab. The bystanders end after it. */
  undo(): Promise<unknown>;
};

/** Returns an active fault of an application that connects with the URL of its lab. */
export function madeFault(lab: Lab, parts: FaultParts): MadeFault {
  const { layer, runbook, describe, complaint, byHand = [], bystanders } = parts;
  return {
    ...{ layer, runbook, describe, complaint, byHand },
    inputs: { database_url: lab.urls.shop, ...parts.inputs },
    appUrl: () => lab.urls.shop,
    async check() {
      const { lost = [], ...found } = await parts.check();
      return { ...found, collateral: [...((await bystanders?.lost(found.gone)) ?? []), ...lost] };
    },
    undo: once(async () => {
      await parts.undo();
      await bystanders?.end();
    }),
  };
}
