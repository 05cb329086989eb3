/** Something on a screen that is different each time, and what stands in its place. */
type Mask = {
  /**
   * `value` is what is different. `fill`, spaces or a rule, takes up what is wider or narrower;
   * `between` may stand between the two.
   */
  readonly pattern: RegExp;
  readonly as: string;
};

const MASKS: readonly Mask[] = [
  // The time since the start, in the header and at the end.
  { pattern: /(?<=(?:LIVE|RUN|STEP) {2})(?<value>\d\d:\d\d)/g, as: '00:07' },
  {
    pattern:
      /(?<=ED (?:in|after) )(?<value>(?:\d+ h )?(?:\d+ min(?: \d+ s)?|[\d.]+ m?s))(?<between>)(?<fill> +)(?=\S+ [0-9a-z]{4}$)/gm,
    as: '7 s',
  },
  { pattern: /(?<=^ [✓✗▲] [A-Z]+ (?:in|after) .* )(?<value>[0-9a-z]{4})$/gm, as: 'k3f9' },
  // When something was noted, since the start.
  { pattern: /(?<=^ )(?<value>\d\d:\d\d)(?= {2}\S)/gm, as: '00:05' },
  // When something was changed, at the end.
  { pattern: /(?<=^ (?:Changed)? +)(?<value>\d\d:\d\d:\d\d)(?= {2}\S)/gm, as: '03:14:15' },
  { pattern: /(?<=shown at )(?<value>\d\d:\d\d:\d\d)(?=, reported)/g, as: '03:14:10' },
  { pattern: /(?<=reported done\s+at(?:\s+\w+\n)?\s+)(?<value>\d\d:\d\d:\d\d)/g, as: '03:14:15' },
  // When something was done, by the clock.
  { pattern: /(?<value>\d\d:\d\d:\d\d)(?= UTC)/g, as: '03:14:15' },
  { pattern: /(?<=^ {2})(?<value>\d\d:\d\d:\d\d)(?= )/gm, as: '03:14:15' },
  // When a step failed that was left behind.
  { pattern: /(?<=^ {3,7}at )(?<value>\d\d:\d\d:\d\d)(?=: )/gm, as: '03:14:15' },
  {
    pattern: /(?<=UTC, after )(?<value>(?:\d+ h )?(?:\d+ min(?: \d+ s)?|[\d.]+ m?s))(?=:)/g,
    as: '1 min 7 s',
  },
  { pattern: /(?<value>\d{4}-\d\d-\d\d)(?= \d\d:\d\d:\d\d UTC)/g, as: '2026-05-04' },
  // A run's id, a server's port, the digest of an action.
  { pattern: /(?<= )(?<value>\d{8}-\d{4})(?=-[a-z-]+-[0-9a-z]{4}(?![\w-]))/g, as: '20260504-0312' },
  { pattern: /(?<=20260504-0312-[a-z-]+-)(?<value>[0-9a-z]{4})(?![\w-])/g, as: 'k3f9' },
  { pattern: /(?<=\b1:)(?<value>\d{5})\b/g, as: '54321' },
  { pattern: /(?<=\b1:)(?<value>\d{4})(?=…)/g, as: '5432' },
  { pattern: /(?<=digest )(?<value>[0-9a-f\n]{32,})(?=\n)/g, as: 'd1e5…' },
  // How long a step took: in the list, and beside its title.
  {
    pattern:
      /(?<=^ {1,7}[✓✗⊘✎≈↶?▶▸] [^│]*)(?<fill> +)(?<value>(?:\d+ h )?(?:\d+ min(?: \d+ s)?|[\d.]+ m?s))(?= +│)/gm,
    as: '210 ms',
  },
  {
    pattern: /(?<fill>─+)(?<value> (?:\d+ h )?(?:\d+ min(?: \d+ s)?|[\d.]+ m?s) left)(?= ──$)/gm,
    as: ' 9 min 31 s left',
  },
  {
    pattern:
      /(?<fill>─+)(?<value> (?:\d+ h )?(?:\d+ min(?: \d+ s)?|[\d.]+ m?s))(?= (?:of .* )?──$)/gm,
    as: ' 7 s',
  },
  {
    pattern:
      /(?<=│ ▶ [^│]*)(?<fill> {2,})(?<value>(?:\d+ h )?(?:\d+ min(?: \d+ s)?|[\d.]+ m?s))(?=$| of )/gm,
    as: '7 s',
  },
  {
    pattern: /(?<fill> {2,})(?<value>(?:\d+ h )?(?:\d+ min(?: \d+ s)?|[\d.]+ m?s))$/gm,
    as: '210 ms',
  },
  {
    pattern:
      /(?<fill>─+)(?<value> succeeded, (?:\d+ h )?(?:\d+ min(?: \d+ s)?|[\d.]+ m?s))(?= ──)/g,
    as: ' succeeded, 210 ms',
  },
  // How old the rows of a gate are.
  { pattern: /(?<=· read )(?<value>\d+)(?<between> s ago[^│║]*?)(?<fill> +)(?=[│║])/g, as: '1' },
  // What is left of a wait, when the next attempt or check comes, and which.
  {
    pattern: /(?<fill> {2,})(?<value>(?:\d+ h )?(?:\d+ min(?: \d+ s)?|[\d.]+ m?s))(?= left$)/gm,
    as: '9 min 31 s',
  },
  { pattern: /(?<=attempt 2 of 2 in )(?<value>\d+ s)/g, as: '9 s' },
  { pattern: /(?<value>check \d+ in \d+ s)/g, as: 'check 2 in 1 s' },
  { pattern: /(?<=· check )(?<value>\d+)(?<between> )(?<fill>─+)/g, as: '2' },
  {
    pattern: /(?<= · )(?<value>(?:\d+ h )?(?:\d+ min(?: \d+ s)?|[\d.]+ m?s))(?= of [^·]+ at)/g,
    as: '7 s',
  },
];

/** Returns a screen in which what is different each time is always the same, in the same columns. */
export function masked(screen: string): string {
  return MASKS.reduce((text, { pattern, as }) => {
    return text.replaceAll(pattern, (...found) => {
      const groups: Readonly<Record<string, string | undefined>> = found.at(-1);
      return inItsPlace(found[0], groups, as);
    });
  }, screen);
}

function inItsPlace(
  whole: string,
  { value = '', between = '', fill = '' }: Readonly<Record<string, string | undefined>>,
  as: string,
): string {
  const room = Math.max(0, fill.length + value.length - as.length);
  const filled = fill.slice(0, 1).repeat(room);
  return fill !== '' && whole.startsWith(fill) ? filled + as : as + between + filled;
}
