import { type Reason, unsure } from '../report.ts';
import { isCode } from './commands/test-command.ts';
import type { Judge, Judging, Stdin } from './judging.ts';
import { isUnsafePath } from './paths.ts';
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
const LISTS =
  /^(?:ls|stat|find|lsof|fuser|lsblk|test|readlink|realpath|basename|dirname|namei|du|df|tree|findmnt|mount|mountpoint|cd|tee)$/;

/** Commands whose words are judged as a command, or name what is stored elsewhere. */
const PASSES_ON =
  /^(?:sudo|doas|su|env|nice|ionice|nohup|setsid|timeout|time|stdbuf|nsenter|runuser|command|watch|xargs|ssh|aws|gcloud|az|consul|vault)$/;

/** Commands whose first operand is a pattern or a program. */
const PATTERN_FIRST = /^(?:[bx]?z?[ef]?grep|g?sed|[gmn]?awk|jq)$/;

/** Builtins that ksh or zsh give numbers to, which they evaluate as arithmetic. */
const EVALUATES = /^(?:exit|return|break|continue|printf|ulimit|umask|sleep|times|wait)$/;

/** Commands whose words after `exec` are judged as a command. */
const EXECUTES = /^(?:docker|podman|nerdctl|crictl|kubectl|oc|ip|(?:docker|podman)-compose)$/;

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
  const code = judging.dialect === 'any' && EVALUATES.test(name) ? others.find(isCode) : undefined;
  const device = openedBy(name, others, judging).find(({ outline }) => isUnsafePath(outline));
  return [
    ...(device === undefined ? [] : [unsure(`${name} may open a device or a pipe`, device.span)]),
    ...(code === undefined
      ? []
      : [unsure(`${name} of another shell may evaluate this value`, code.span)]),
    ...rule({ name, span, words: others, stdin }, judging),
  ];
}

/** Returns the words of a command that may name files it opens. */
function openedBy(name: string, words: readonly Word[], { opensNames }: Judging): readonly Word[] {
  if (PASSES_ON.test(name) || (LISTS.test(name) && !opensNames)) return [];
  const inner = EXECUTES.test(name) ? words.findIndex(({ text }) => text === 'exec') : -1;
  if (inner >= 0) return words.slice(0, inner);
  if (name === 'echo' || name === 'printf')
    return words.filter(({ outline }) => /^\S*\/\S*$/.test(outline));
  const first = words.findIndex(({ outline }) => !outline.startsWith('-'));
  // A flag may be the pattern, or take this word as its value.
  const isPattern =
    PATTERN_FIRST.test(name) &&
    words.slice(0, first).every(({ outline }) => /^-(?:[^\Wef]*|-)$/.test(outline));
  return isPattern ? words.filter((_, index) => index !== first) : words;
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
