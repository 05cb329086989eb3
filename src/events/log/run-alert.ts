import * as z from 'zod/mini';
import { type Logged, opt, said, text } from './parts.ts';

const named = z.record(z.string(), z.string());

/** The fields of an alert that a run is about. */
export const RUN_ALERT = {
  source: text('the name of the source, in the config of the server'),
  key: text('the key by which the source tells its alerts apart'),
  status: z.enum(['firing', 'resolved']),
  title: z.string(),
  labels: named,
  annotations: said(named, 'explanations for people'),
  startsAt: opt(text('when it began, as its source wrote it')),
  links: said(
    z.array(z.object({ name: z.string(), url: z.string() })),
    'its pages in other systems, the most useful first',
  ),
  leftOut: opt(said(z.number(), 'the number of labels and annotations that were too long')),
};

const alert = z.object(RUN_ALERT);

/** An alert that a run is about, as it fires or is resolved. */
export type RunAlert = Logged<typeof alert>;
