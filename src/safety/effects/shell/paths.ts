/** Stands in an outline for what a value, a glob or braces put there. */
export const UNKNOWN_PART = '\0';

/** Folders in which opening a file can have an effect. */
const SPECIAL = /^(?:dev|proc|sys)$/;

/** The start of such a folder, which a value may complete. */
const BEGINS = /^\/(?:de?v?|pr?o?c?|sy?s?)\0/;

/** Streams that lose nothing, memory, and disks. */
const DEVICE =
  /^(?:null|zero|u?random|std(?:in|out|err)|fd\/[012]|shm(?:\/.+)?|(?:sd|hd|x?vd|nvme|md|dm-|loop|mmcblk)[\w\0-]*|(?:mapper|md|disk\/by-[\w-]+)\/[^/]+)$/;

/** Files of a process that only tell about it. Those below `fd`, `root` and `cwd` are files of others. */
const OF_PROCESS =
  'status|stat|statm|cmdline|environ|limits|maps|smaps|smaps_rollup|io|sched|schedstat|stack|wchan|mounts|mountinfo|mountstats|cgroup|comm|oom_adj|oom_score|oom_score_adj|numa_maps|syscall|personality|loginuid|sessionid|cpuset|auxv|exe|uid_map|gid_map|(?:net|ns|fdinfo|attr)/[^/]+';

const PROCESS = new RegExp(
  `^(?:[^/]*[\\d\\0]|self|thread-self)/(?:task/[^/]+/)?(?:${OF_PROCESS})$`,
);

const KERNEL =
  /^(?:meminfo|cpuinfo|loadavg|uptime|stat|vmstat|mounts|mdstat|swaps|version|cmdline|diskstats|partitions|interrupts|softirqs|slabinfo|buddyinfo|pagetypeinfo|zoneinfo|filesystems|modules|devices|locks|schedstat|crypto|consoles|dma|iomem|ioports|kallsyms|cgroups|config\.gz|vmallocinfo|timer_list|key-users|keys|misc|(?:net|pressure|sys|irq|spl|fs\/(?:ext4|jbd2|xfs|cifs|nfsfs))\/.+)$/;

const SYSTEM =
  /^(?:(?:class|block|devices|bus|module|power|hypervisor|firmware)\/(?!.*resource\d)|fs\/(?!bpf|fuse|[^/]*\0)|kernel\/(?!debug|tracing|[^/]*\0)[^/]+)/;

/** Names of devices and pipes that many paths lead to. */
const NAME = /\/(?:watchdog\d*|kmsg|trace_pipe|initctl|[^/]*(?:fifo|pipe))$/;

/** Folders through which the files of the host, or of another process, are seen. */
const ROOT = /^\/(?:host|rootfs|sysroot|mnt\/[^/]+|proc\/[^/]+\/root)(?=\/)/;

/**
 * Returns whether opening the file that a word names may have an effect: a device, a pipe that is
 * emptied by reading, a folder with such files. A word may be a flag with its value.
 */
export function isUnsafePath(outline: string): boolean {
  if (/^[a-z][a-z\d+.-]+:\/\//i.test(outline)) return false;
  const values = [
    outline,
    /^-\w+?([./\0].+)$/s.exec(outline)?.[1],
    /^[^=/]*=(.+)$/s.exec(outline)?.[1],
  ];
  const others = [...outline.matchAll(/[@:,](?=\/)/g)].map(({ index }) => outline.slice(index + 1));
  return [...values, ...others].some((path) => path !== undefined && isUnsafe(path));
}

function isUnsafe(path: string): boolean {
  const { parts, isAbsolute, climbs } = resolve(path);
  const name = `/${parts.join('/')}`;
  const root = isAbsolute ? ROOT.exec(name)?.[0] : undefined;
  return (
    (NAME.test(name) && !/\s/.test(path)) ||
    (climbs && leadsAway(path)) ||
    (isAbsolute && parts.length > 1 && parts[0]?.includes(UNKNOWN_PART) === true) ||
    (isAbsolute && BEGINS.test(name)) ||
    (root === undefined
      ? isUnsafeBelow(isAbsolute ? parts : withoutStart(parts))
      : isUnsafe(name.slice(root.length)))
  );
}

/** Removes the blanks of a path: `//`, `.`, and `..` with what is before it. */
function resolve(path: string) {
  const parts: string[] = [];
  const written = path.split('/').filter((part) => part !== '' && part !== '.');
  for (const part of written)
    if (part === '..') parts.pop();
    else parts.push(part);
  return { parts, isAbsolute: path.startsWith('/'), climbs: written.includes('..') };
}

/** `..` leaves the folder that a link leads to, which may be another than the one written. */
function leadsAway(path: string): boolean {
  const parts = path.split('/').filter((part) => part !== '' && part !== '.');
  const last = parts[parts.lastIndexOf('..') + 1] ?? '';
  return SPECIAL.test(last) || last.includes(UNKNOWN_PART) || SPECIAL.test(parts[0] ?? '');
}

/** A value may be, or end with, the start of a path. */
function withoutStart(parts: readonly string[]): readonly string[] {
  const [first = '', ...others] = parts;
  const at = first.lastIndexOf(UNKNOWN_PART);
  const rest = first.slice(at + 1);
  if (at === -1) return parts.length > 1 ? parts : [];
  return rest === '' ? others : [rest, ...others];
}

function isUnsafeBelow([first, ...others]: readonly string[]): boolean {
  const rest = others.join('/');
  if (first === 'dev') return !DEVICE.test(rest);
  if (first === 'proc') return !KERNEL.test(rest) && !PROCESS.test(rest);
  return first === 'sys' && !SYSTEM.test(rest);
}

/**
 * Returns whether a name in a folder may be a device, or a path that begins there lead to one. What
 * `..` leads to is not known.
 */
export function isUnsafeFolder(outline: string): boolean {
  const { parts, isAbsolute, climbs } = resolve(outline);
  if (climbs || (isAbsolute && parts.length === 0)) return true;
  const [first = ''] = isAbsolute ? parts : withoutStart([...parts, '']);
  return (
    SPECIAL.test(first) ||
    (isAbsolute && first.includes(UNKNOWN_PART)) ||
    ROOT.test(`/${parts.join('/')}/`)
  );
}
