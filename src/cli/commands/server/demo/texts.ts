import type { FaultCheck } from '#lab/fault.ts';
import type { StartedFault } from '#lab/start-fault.ts';
import { ALERT, type DemoControlPlane } from './control-plane.ts';

/** The facts of a demo whose run waits. */
export type Opening = {
  readonly url: string;
  readonly link: string;
  readonly token: string;
  /** The phrase of the gate, if it has one. */
  readonly phrase: string | undefined;
  readonly control: Pick<DemoControlPlane, 'postgres'>;
  readonly shop: Pick<StartedFault, 'appUrl'>;
};

/** Returns what was started, the link, how to approve, and how it ends. */
export function opening({ url, link, token, phrase, control, shop }: Opening): string {
  const { version, host, port } = control.postgres;
  const press =
    phrase === undefined ? 'press Confirm' : `type the phrase "${phrase}" and press Confirm`;
  return [
    `  control plane  PostgreSQL ${version} on ${host}:${port}`,
    `  shop           PostgreSQL on ${new URL(shop.appUrl()).host}; every connection is taken`,
    '  worker         near the shop; only it knows the password',
    `  server         ${url}`,
    '',
    `The alert ${ALERT} has arrived and started a run. What there is to read has been read,`,
    'and the first change waits for somebody to confirm it. Open:',
    '',
    `  ${link}`,
    '',
    `The link signs you in, once. Read the gate, ${press}. A second`,
    'gate follows. Then the run checks the shop, and ends.',
    `Another browser signs in at ${url} with the token`,
    `  ${token}`,
    '',
    'Ctrl-C ends everything and removes it.',
  ].join('\n');
}

/** Returns how the run of the demo ended, and what a look from outside found. */
export function endedText(outcome: string, { gone, collateral }: FaultCheck): string {
  const shop = gone ? 'the shop can log in again' : 'the shop still cannot log in';
  const lost = collateral.length === 0 ? 'No healthy session was lost.' : collateral.join(' ');
  return `The run has ended: ${outcome}. A look from outside: ${shop}. ${lost}`;
}
