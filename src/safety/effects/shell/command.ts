import { type Reason, unsure } from '../report.ts';
import { isDevice } from './devices.ts';
import type { Judge, Judging, Stdin } from './judging.ts';
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
import type { Word } from './words.ts';

/** The directories of the system's programs. */
const SYSTEM_FOLDER = /^\/(?:usr\/)?(?:local\/)?s?bin\/([^/]+)$/;

/** Commands that use names without opening the files. */
const LISTS = /^(?:ls|stat|find|lsof|fuser|lsblk|smartctl|test|echo|printf|readlink)$/;

/** Judges a command by its rule. A command without a rule is not known to only read. */
export function judgeCommand(
  words: readonly Word[],
  stdin: Stdin,
  judging: Judging,
): readonly Reason[] {
  const [first, ...others] = words;
  if (first === undefined) return [];
  const { text, span } = first;
  if (text === undefined) return [unsure('which command this is shows only when it runs', span)];
  const name = SYSTEM_FOLDER.exec(text)?.[1] ?? text;
  const rule = ruleFor(name);
  if (rule === undefined) return [unsure(`${name} is not known to only read`, span)];
  const device = LISTS.test(name)
    ? undefined
    : others.find((word) => isDevice(word.text ?? word.prefix));
  return [
    ...(device === undefined ? [] : [unsure(`${name} opens a device`, device.span)]),
    ...rule({ name, span, words: others, stdin }, judging),
  ];
}

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
function ruleFor(name: string): Judge | undefined {
  return RULES.get(name);
}

/** Returns the names of all known commands. */
export function knownCommands(): readonly string[] {
  return [...RULES.keys()];
}
