import { hostname } from 'node:os';
import { EXIT, type ExitCode } from '#errors.ts';
import { REPLAY_VERSION } from '#run/resume/replay.ts';
import { Worker } from '#team/worker.ts';
import { parseDuration } from '#text/duration.ts';
import type { CommandLine } from '../../command-spec.ts';
import { configuredApproval } from '../../config/configuration.ts';
import { controlPlaneUrl } from '../../control-plane.ts';
import { loadEffectParsers } from '../../library/effect-parsers.ts';
import type { worker as spec } from '../../specs/team.ts';
import { PROGRAM } from '../../version.ts';
import { ownKnowledge } from './knowledge.ts';

/** `runbook worker`: executes runs of a team until it is asked to stop, or loses its lease. */
export async function work({ options }: CommandLine<typeof spec>): Promise<ExitCode> {
  const id = `${hostname()}-${process.pid}-${Date.now().toString(36)}`;
  const labels = options.label.length === 0 ? ['default'] : options.label;
  const say = (text: string) => process.stderr.write(`runbook worker: ${text}\n`);
  const url = await controlPlaneUrl(options.database);
  const { promise: stopped, resolve: stop } = Promise.withResolvers<ExitCode>();
  // The first run would wait a second for them.
  await loadEffectParsers({ shell: true, postgres: true });
  const worker = await Worker.start({
    url,
    announced: {
      id,
      labels,
      program: `${PROGRAM} on Node ${process.versions.node}`,
      replay: REPLAY_VERSION,
    },
    approval: configuredApproval(),
    knowledge: ownKnowledge(options.dir, say),
    concurrency: Number(options.concurrency),
    holdMs: parseDuration(options.hold) ?? 0,
    onLost: (why) => {
      say(`the lease is lost: ${why}`);
      // At once: whatever still runs here runs elsewhere.
      process.exit(EXIT.leaseLost);
    },
    onNotice: say,
  });
  say(`${id} takes runs of ${labels.join(', ')}`);
  const drain = () => {
    say(`draining: ${worker.held} runs`);
    void worker.drain().then(() => stop(EXIT.ok));
  };
  process.once('SIGTERM', drain);
  process.once('SIGINT', drain);
  const code = await stopped;
  say('stopped');
  process.exit(code);
}
