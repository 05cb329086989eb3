import { Hono } from 'hono';
import { hasScope } from '../caller.ts';
import { asked } from '../listed-runs.ts';
import { errorBody, type WebEnv } from '../security.ts';
import { seenAlerts } from '../seen-alerts.ts';
import type { WebParts } from '../seen-runs.ts';
import type { Figure } from '../served-team.ts';

/** Returns the routes below `/api` about the team itself, for callers that are known. */
export function teamApi(parts: WebParts): Hono<WebEnv> {
  const { access, team } = parts;
  const api = new Hono<WebEnv>();
  api.use(async (context, next) => {
    if (hasScope(context.get('caller'), 'read')) return await next();
    return context.json(errorBody('scope', 'the token does not allow reading'), 403);
  });

  api.get('/environments', async (context) => {
    const caller = context.get('caller');
    const names = await access.environments();
    const all = await Promise.all(
      names.map(async (name) => ({ name, ...(await access.rights(caller, name)) })),
    );
    const seen = all.filter(({ see }) => see);
    return context.json({
      environments: seen.map(({ name, roles, operate, confirm }) => {
        return { name, roles, may: { operate, confirm } };
      }),
    });
  });

  api.get('/runbooks', async (context) => context.json({ runbooks: await team.runbooks() }));

  api.get('/workers', async (context) => context.json({ workers: await team.workers() }));

  api.get('/alerts', async (context) => {
    const seen = await seenAlerts(context.get('caller'), parts, asked(context.req.query()).before);
    if (seen === undefined)
      return context.json(errorBody('invalid', 'before is the ID of an alert'), 422);
    const { alerts, more } = seen;
    return context.json({ alerts, before: more ?? null });
  });
  return api;
}

/** Writes figures in the text format of Prometheus. */
export function metricsText(figures: readonly Figure[]): string {
  return figures
    .flatMap(({ name, help, label, values }) => [
      `# HELP runbook_${name} ${help}`,
      `# TYPE runbook_${name} ${name.endsWith('_total') ? 'counter' : 'gauge'}`,
      ...values.map(({ of, value }) => {
        const labels = label === undefined ? '' : `{${label}="${of}"}`;
        return `runbook_${name}${labels} ${value}`;
      }),
    ])
    .map((line) => `${line}\n`)
    .join('');
}
