import { SERVERS } from '../../engines.ts';
import type { FaultKind } from '../../fault.ts';
import { missingFilter, missingFirewall, startFirewall } from '../../network/firewall.ts';
import { changedUrl } from '../../setup/changed-url.ts';
import { breakWay } from '../application-way.ts';

type Firewall = Awaited<ReturnType<typeof startFirewall>>;

/** A fault of the line between the application and the server, and its remedy. */
type BadLine = Pick<FaultKind, 'name' | 'title' | 'missing'> & {
  readonly runbook: 'refused' | 'timeout';
  /** The line, as the end of a sentence that begins with its address. */
  readonly describe: string;
  readonly byHand: { readonly name: string; readonly title: string };
  /** A client's error, where it differs from time to time. */
  readonly complaint?: (firewall: Firewall) => string;
  readonly logins?: number;
  readonly withinMs?: number;
  spoil(firewall: Firewall): Promise<void>;
  /** @default all rules are taken away */
  repair?(firewall: Firewall): Promise<void>;
};

function badLine(kind: BadLine): FaultKind {
  const { name, title, missing, runbook, byHand, logins, withinMs } = kind;
  return {
    ...{ name, title, engines: SERVERS },
    ...(missing !== undefined && { missing }),
    async make(lab) {
      const firewall = await startFirewall(lab.keeper, lab.server.port);
      await kind.spoil(firewall);
      const { host, port } = firewall;
      return breakWay(lab, {
        layer: 'tcp',
        runbook,
        describe: `The way to ${host}:${port} ${kind.describe}.`,
        url: changedUrl(lab.urls.shop, { host, port }),
        ...(kind.complaint && { complaint: kind.complaint(firewall) }),
        ...(logins !== undefined && { logins }),
        ...(withinMs !== undefined && { withinMs }),
        byHand: [{ ...byHand, do: () => kind.repair?.(firewall) ?? firewall.filter([]) }],
        restore: () => firewall.close(),
      });
    },
  };
}

/** Faults of the line to a server: packets get lost, are sent back, or find no cable. */
export const BAD_LINE_FAULTS = [
  badLine({
    name: 'timeout-lossy',
    title: 'A bad line loses four packets of ten',
    missing: missingFilter,
    runbook: 'timeout',
    describe: 'loses four packets of ten',
    byHand: { name: 'repair-line', title: 'Repair the line that loses packets' },
    // A first packet that is lost is sent again after a second, which some drivers wait for.
    complaint: ({ host, port }) => `Error: connect ETIMEDOUT ${host}:${port}`,
    ...{ logins: 20, withinMs: 900 },
    spoil: (firewall) => firewall.filter(['numgen inc mod 5 < 2 drop']),
  }),
  badLine({
    name: 'unreachable-link-down',
    title: 'The cable to the server is unplugged',
    missing: missingFirewall,
    runbook: 'timeout',
    describe: 'has no link: its cable is unplugged',
    byHand: { name: 'plug-cable-in', title: 'Plug the cable in again' },
    // The neighbor is asked for three times, a second apart, before anybody is told.
    withinMs: 5_000,
    spoil: (firewall) => firewall.setLink('down'),
    repair: (firewall) => firewall.setLink('up'),
  }),
  badLine({
    name: 'unreachable-rejected',
    title: 'A router says that the server may not be reached',
    missing: missingFilter,
    runbook: 'timeout',
    describe: 'is forbidden: a router answers that the host cannot be reached',
    byHand: { name: 'open-firewall', title: 'Let the packets pass' },
    spoil: (firewall) => firewall.filter(['reject with icmpx type admin-prohibited']),
  }),
  badLine({
    name: 'refused-by-firewall',
    title: 'A firewall refuses connections in the name of the server',
    missing: missingFilter,
    runbook: 'refused',
    describe: 'is closed: a firewall refuses every connection, and the server runs',
    byHand: { name: 'open-firewall', title: 'Let the connections pass' },
    spoil: (firewall) => firewall.filter(['reject with tcp reset']),
  }),
];
