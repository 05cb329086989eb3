import type { EventOf } from '#events/log/event.ts';
import type { InputDefinition, InputType, Runbook } from '#runbook/model/runbook.ts';

/** A placeholder value for each type of input, used if the real one is unknown or secret. */
export const EXAMPLES: Readonly<Record<InputType, string | number | boolean>> = {
  text: 'some-text',
  number: 3,
  boolean: true,
  duration: '10m',
  url: 'https://example.com',
  list: 'some-text',
};

/** Returns a replacement for a secret value; a database URL keeps the location of the run's. */
export function standInFor(
  definition: InputDefinition,
  runbook: Runbook,
  started: EventOf<'run.started'>,
): string | number | boolean {
  const [accepted] = definition.enum ?? [];
  if (accepted !== undefined) return accepted;
  if (definition.type !== 'url') return EXAMPLES[definition.type];
  const fed = runbook.targets.find(
    (target) =>
      target.kind === 'database' &&
      target.database.placeholders.some(({ expression }) =>
        expression.names.some(({ path }) => path.join('.') === `inputs.${definition.name}`),
      ),
  );
  const facts = started.targets.find(({ name }) => name === fed?.name);
  if (facts?.host === undefined) return fed === undefined ? EXAMPLES.url : 'postgres://app@db/app';
  const { engine, host, port, database, user } = facts;
  const who = user === null || user === undefined ? '' : `${encodeURIComponent(user)}@`;
  const where = host?.includes(':') === true ? `[${host}]` : encodeURIComponent(host ?? 'db');
  const url = `${engine ?? 'postgres'}://${who}${where}${port ? `:${port}` : ''}/${encodeURIComponent(database ?? '')}`;
  return url.includes(encodeURIComponent('‹secret')) ? 'postgres://app@db/app' : url;
}
