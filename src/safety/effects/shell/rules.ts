import type { Judge } from './judging.ts';
import { expandRules } from './rule.ts';
import { BUILTINS } from './tables/builtins.ts';
import { CHANGES } from './tables/changes.ts';
import { CLOUD } from './tables/cloud.ts';
import { CONTAINERS } from './tables/containers.ts';
import { DATABASES } from './tables/databases.ts';
import { GIT } from './tables/git.ts';
import { KUBERNETES } from './tables/kubernetes.ts';
import { LOSSES } from './tables/losses.ts';
import { NETWORK } from './tables/network.ts';
import { PACKAGES } from './tables/packages.ts';
import { SERVICES } from './tables/services.ts';
import { STORES } from './tables/stores.ts';
import { SYSTEM } from './tables/system.ts';
import { TEXT_TOOLS } from './tables/text-tools.ts';

const RULES: ReadonlyMap<string, Judge> = expandRules({
  ...BUILTINS,
  ...TEXT_TOOLS,
  ...SYSTEM,
  ...PACKAGES,
  ...NETWORK,
  ...SERVICES,
  ...CONTAINERS,
  ...KUBERNETES,
  ...DATABASES,
  ...STORES,
  ...CLOUD,
  ...GIT,
  ...LOSSES,
  ...CHANGES,
});

/** Returns the judge of a command; undefined for an unknown command. */
export function ruleFor(name: string): Judge | undefined {
  return RULES.get(name);
}

/** Returns the names of all known commands. */
export function knownCommands(): readonly string[] {
  return [...RULES.keys()];
}
