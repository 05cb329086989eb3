import { Hono } from 'hono';
import { hasScope } from '../caller.ts';
import { errorBody, type WebEnv } from '../security.ts';
import type { WebParts } from '../seen-runs.ts';
import type { Figure } from '../served-team.ts';

const ALERTS_PER_PAGE = 100;

/** Returns the routes below `/api` about the team itself, for callers that are known. */
export function teamApi({ access, team }: WebParts): Hono<WebEnv> {
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
    const caller = context.get('caller');
    const before = context.req.query('before');
    if (before !== undefined && !/^\d{1,18}$/.test(before))
      return context.json(errorBody('invalid', 'before is the ID of an alert'), 422);
    const found = await team.alerts({ before, limit: ALERTS_PER_PAGE });
    const names = await access.environments();
    const rights = await Promise.all(names.map((name) => access.rights(caller, name)));
    const seen = new Set(names.filter((_, index) => rights[index]?.see));
    // An alert without a run belongs to no environment: its labels may tell of any.
    const alerts = found.filter(({ environment }) =>
      environment === undefined ? seen.size === names.length : seen.has(environment),
    );
    const more = found.length < ALERTS_PER_PAGE ? undefined : found.at(-1)?.id;
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
