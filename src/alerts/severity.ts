import type { Severity } from '#runbook/model/terms.ts';

const NAMES: Readonly<Record<Severity, RegExp>> = {
  critical: /^(critical|crit|fatal|emergency|emerg|disaster|blocker|page|p1|p0|sev-?[01])$/,
  high: /^(high|error|err|major|urgent|alert|p2|sev-?2)$/,
  medium: /^(medium|moderate|warning|warn|average|minor|p3|sev-?3)$/,
  low: /^(low|info|informational|information|notice|debug|none|ok|p4|p5|sev-?[45])$/,
};

/** Returns the severity that the first known word of any system means, e.g. `page` or `P2`. */
export function severityOf(...words: readonly (string | undefined)[]): Severity | undefined {
  for (const word of words) {
    const plain = word?.trim().toLowerCase() ?? '';
    for (const [severity, names] of Object.entries(NAMES))
      if (names.test(plain)) return severity as Severity;
  }
  return undefined;
}
