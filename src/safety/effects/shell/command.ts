import { type Reason, unsure } from '../report.ts';
import type { Judging, Stdin } from './judging.ts';
import { ruleFor } from './rules.ts';
import type { Word } from './words.ts';

/** Where an operating system keeps its own programs. */
const SYSTEM_FOLDER = /^\/(?:usr\/)?(?:local\/)?s?bin\/([^/]+)$/;

/** Opening a device can do something: a watchdog reboots the host, a pipe of the kernel is emptied. */
const DEVICE =
  /^(?:if=)?\/dev\/(?!(?:null|zero|u?random|std(?:in|out|err)|tty|fd|shm|sd[a-z]|nvme|x?vd[a-z]|md|dm-|mapper|disk|loop)\b|(?:sd|x?vd)[a-z]\d|nvme\d|md\d|dm-\d|loop\d)|^\/proc\/kmsg|^\/sys\/kernel\/(?:debug|tracing)/;

/** These look at names without opening what they name. */
const LISTS = /^(?:ls|stat|find|lsof|fuser|lsblk|smartctl|test|echo|printf|readlink)$/;

/** Judges a command by the table of commands; what is not in it is not known to only read. */
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
    : others.find((word) => DEVICE.test(word.text ?? word.prefix));
  return [
    ...(device === undefined ? [] : [unsure(`${name} opens a device`, device.span)]),
    ...rule({ name, span, words: others, stdin }, judging),
  ];
}
