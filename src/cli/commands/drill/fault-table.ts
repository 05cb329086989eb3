import { LAB_ENGINES, missingEngine } from '#lab/setup/engine.ts';
import { STARTABLE_FAULTS } from '#lab/start-fault.ts';
import { textTable } from '../../text-table.ts';

/** Returns the available faults with their engines, and the missing requirements below. */
export async function faultTable(): Promise<string> {
  const engines = await Promise.all(
    LAB_ENGINES.map(async (engine) => ({ engine, missing: await missingEngine(engine) })),
  );
  const faults = await Promise.all(
    STARTABLE_FAULTS.map(async (kind) => ({ ...kind, reason: await kind.missing?.() })),
  );
  const rows = faults.map(({ name, title, reason, engines: own }) => [
    name,
    ...engines.map(({ engine, missing }) =>
      own.includes(engine) ? ((reason ?? missing) === undefined ? 'yes' : 'missing') : '-',
    ),
    title,
  ]);
  const reasons = [
    ...engines.map(({ engine, missing }) => [engine, missing] as const),
    ...faults.map(({ name, reason }) => [name, reason] as const),
  ].flatMap(([what, reason]) => (reason === undefined ? [] : [`${what}: ${reason}`]));
  const table = textTable(['FAULT', ...LAB_ENGINES.map((it) => it.toUpperCase()), 'TITLE'], rows);
  return reasons.length === 0 ? table : `${table}\n\nMissing here:\n  ${reasons.join('\n  ')}`;
}
