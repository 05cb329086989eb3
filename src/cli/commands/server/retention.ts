import * as z from 'zod/mini';
import { opt } from '#runbook/schema/parts.ts';
import { held, holds } from '#runbook/yaml/holds.ts';
import { RETENTION, type Retention } from '#serve/retention.ts';
import { parseAge } from '#text/duration.ts';

const age = (what: string) =>
  holds(
    z
      .string()
      .check(
        z.regex(/^\d+[hdwy]$/),
        z.describe(`${what}; a number of hours, days, weeks or years: 12h, 90d, 2w, 1y`),
      ),
    (text) => held(parseAge(text) ?? 0),
  );

/** The schema of `retention:`. */
export const RETENTION_SCHEMA = z
  .strictObject({
    alerts: opt(age('how long the list of alerts goes back (default: 1y)')),
    legs: opt(age('how long ended workers, legs and messages are kept (default: 7d)')),
  })
  .check(z.describe('how long what no record of a run needs is kept'));

/** Returns the retention of a config. */
export function retentionOf(written: z.infer<typeof RETENTION_SCHEMA> | undefined): Retention {
  const { alerts = RETENTION.alertsMs, legs = RETENTION.legsMs } = written ?? {};
  return { alertsMs: alerts, legsMs: legs };
}
