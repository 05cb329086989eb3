import { once } from 'node:events';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { EXIT, type ExitCode, messageOf } from '#errors.ts';
import { stateFolder } from '#run/store/file/folders.ts';
import { AcceptedTexts } from '#serve/accepted-texts.ts';
import { DEFAULT_LABEL } from '#serve/config.ts';
import { startWorker } from '#serve/worker.ts';
import { untilReached } from '#team/reached.ts';
import { counted } from '#text/count.ts';
import { parseDuration } from '#text/duration.ts';
import type { CommandLine } from '../command-spec.ts';
import { configuredApproval } from '../config/configuration.ts';
import { onHangUp, stopSignal } from '../config/signals.ts';
import { controlPlaneUrl } from '../control-plane.ts';
import { enterEnvironment } from '../environment/enter.ts';
import { loadEffectParsers } from '../library/effect-parsers.ts';
import { folderRunbooks } from '../library/folder-runbooks.ts';
import type { worker as spec } from '../specs/team.ts';
import { PROGRAM } from '../version.ts';

/** `runbook worker`: executes runs of a team until it is asked to stop, or loses its lease. */
export async function work({ options }: CommandLine<typeof spec>): Promise<ExitCode> {
  const say = (text: string) => process.stderr.write(`runbook worker: ${text}\n`);
  const url = await controlPlaneUrl(options.database);
  const signal = stopSignal();
  if (!(await untilReached(url, { name: 'runbook worker', say, signal }))) return EXIT.ok;
  // The first run would wait a second for them.
  await loadEffectParsers({ shell: true, postgres: true });
  const runbooks = folderRunbooks(options.dir);
  const folder = join(stateFolder(process.env, homedir()), 'texts');
  const texts = new AcceptedTexts(runbooks, { folder, say });
  let approval = configuredApproval();
  const worker = await startWorker({
    ...{ url, say, loadParsers: loadEffectParsers, runbooks, texts },
    labels: options.label.length === 0 ? [DEFAULT_LABEL] : options.label,
    program: `${PROGRAM} on Node ${process.versions.node}`,
    approval: () => approval,
    places: Number(options.concurrency),
    holdMs: parseDuration(options.hold) ?? 0,
    enter: (runbook, name, inputs) =>
      enterEnvironment(runbook, { name, flags: literal(inputs), hasTerminal: false, warn: say }),
    onLost: (why) => {
      say(`the lease is lost: ${why}`);
      // At once: whatever still runs here runs elsewhere.
      process.exit(EXIT.leaseLost);
    },
  });
  const readAgain = async () => {
    approval = configuredApproval();
    await texts.read();
  };
  process.on('SIGHUP', () => void onHangUp(readAgain, say));
  if (!signal.aborted) await once(signal, 'abort');
  say(`draining: ${counted(worker.held, 'run')}`);
  const code = await worker.drain().then(
    () => EXIT.ok,
    (error: unknown) => {
      say(`could not leave in order, others find it dead: ${messageOf(error)}`);
      return EXIT.environment;
    },
  );
  say('stopped');
  process.exit(code);
}

/** Inputs of a run of a team are texts: never a file or a command of this machine. */
function literal(inputs: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(inputs).map(([name, text]) => [name, `text:${text}`]));
}
