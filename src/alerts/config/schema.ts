import * as z from 'zod/mini';
import { SEVERITIES } from '#runbook/model/terms.ts';
import { duration, identifier, opt, text, texts } from '#runbook/schema/parts.ts';
import { SOURCE_KINDS } from '../alert.ts';

const secret = (what: string) => text(`${what}; env:NAME, file:PATH or command: …`);
const scalar = (what: string) =>
  z.union([z.string(), z.number(), z.boolean()]).check(z.describe(what));

const source = z
  .strictObject({
    kind: z.enum(SOURCE_KINDS).check(z.describe('the system that sends the alerts')),
    secret: secret('the secret that the source signs with or sends'),
    previous_secret: opt(secret('the secret before it, accepted while it is replaced')),
    rate: opt(
      z
        .string()
        .check(
          z.regex(/^[1-9]\d{0,5}\/(s|min|h)$/),
          z.describe('the runs that it may start in a time, e.g. 60/min'),
        ),
    ),
    networks: opt(texts('the networks it may send from, e.g. 10.0.0.0/8')),
  })
  .check(z.describe('a system that sends alerts to /hooks/NAME'));

const route = z
  .strictObject({
    source: opt(text('only alerts of this source')),
    match: z
      .record(z.string(), scalar('the value of the label; ~TEXT is a regular expression'))
      .check(z.describe('the labels an alert must have, by name; {} matches every alert')),
    run: text('the name of a runbook'),
    environment: identifier,
    inputs: opt(
      z
        .record(identifier, scalar('a value, with ${{ labels.NAME }}'))
        .check(z.describe('the inputs of the run, by name')),
    ),
    fingerprint: opt(
      z
        .array(z.string())
        .check(z.minLength(1), z.describe('the labels that tell runs of this route apart')),
    ),
    cooldown: opt(duration('no other run of this fingerprint before this time after the last one')),
    severity: opt(
      z.enum(SEVERITIES).check(z.describe("the severity of the run, instead of the alert's")),
    ),
  })
  .check(z.describe('a route from alerts to a runbook'));

/** The `alerts:` section of the config file of a server. */
export const ALERTS_SCHEMA = z
  .strictObject({
    sources: z
      .record(identifier, source)
      .check(z.describe('the systems that send alerts, by name')),
    routes: z.array(route).check(z.describe('the routes; the first that matches is taken')),
  })
  .check(z.describe('the alerts that start runs'));

/** The section as written. */
export type AlertsDocument = z.infer<typeof ALERTS_SCHEMA>;
