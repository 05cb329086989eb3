import { EXIT, type ExitCode, environmentError, messageOf, usageError } from '#errors.ts';
import { testNotice } from '#serve/notify/notice.ts';
import { listed } from '#text/count.ts';
import { formatDuration } from '#text/duration.ts';
import { didYouMean } from '#text/suggest.ts';
import { textTable } from '#text/table.ts';
import type { CommandLine } from '../command-spec.ts';
import { columnsOf } from '../say.ts';
import type { notifyList, notifyTry } from '../specs/team.ts';
import { loadServerConfig, type WrittenServerConfig } from './server/config.ts';

/** The time for another system to take a message. */
const SEND_MS = 10_000;

/** `runbook notify`: prints who is told of what. */
export async function listNotify({ options }: CommandLine<typeof notifyList>): Promise<ExitCode> {
  const { notify: rules, channels } = await configOf(options.config);
  const rows = rules.map(({ on, environments, to, afterMs }) => [
    listed(on),
    environments === undefined ? 'every environment' : listed(environments),
    afterMs === 0 ? 'at once' : `after ${formatDuration(afterMs)}`,
    listed(to, 'and'),
  ]);
  const told = rules.flatMap(({ to }) => to);
  const idle = [...channels.keys()].filter((name) => !told.includes(name));
  const lines = [
    rows.length === 0
      ? 'Nobody is told of anything.'
      : textTable(['WHAT', 'WHERE', 'WHEN', 'CHANNELS'], rows, columnsOf(process.stdout)),
    ...(idle.length === 0 ? [] : [`No rule names ${listed(idle)}.`]),
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
  return EXIT.ok;
}

/** `runbook notify try`: sends a test message through a channel. */
export async function tryChannel({
  argument: name,
  options,
}: CommandLine<typeof notifyTry>): Promise<ExitCode> {
  const { channels, url } = await configOf(options.config);
  const channel = channels.get(name);
  if (channel === undefined)
    throw usageError(`there is no channel "${name}"`, didYouMean(name, [...channels.keys()]));
  const signal = AbortSignal.timeout(SEND_MS);
  await channel.send(testNotice(url.href), signal).catch((error: unknown) => {
    const why = signal.aborted ? `no answer within ${formatDuration(SEND_MS)}` : messageOf(error);
    throw environmentError(`the channel "${name}" did not take it: ${why}`, undefined, error);
  });
  process.stdout.write(`The channel ${name} took a test message. Look whether it arrived.\n`);
  return EXIT.ok;
}

async function configOf(file: string): Promise<WrittenServerConfig> {
  const warn = (text: string) => process.stderr.write(`runbook notify: ${text}\n`);
  const config = await loadServerConfig({ config: file, listen: undefined }, [], warn);
  if (config === undefined) throw usageError(`there is no config file ${file}`);
  return config;
}
