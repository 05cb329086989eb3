import { SERVERS } from '../../engines.ts';
import type { FaultKind } from '../../fault.ts';
import { type NameServerMood, startNameServer } from '../../network/name-server.ts';
import { createResolver, missingResolver } from '../../network/resolver.ts';
import { changedUrl } from '../../setup/changed-url.ts';
import { breakWay } from '../application-way.ts';

const HOST = 'db.shop.internal';

/** Faults of a name server that returns no address. */
export const DNS_FAULTS = [
  noAddress({
    name: 'dns-nxdomain',
    title: 'The name of the database does not exist',
    mood: { refuse: 'NXDOMAIN' },
    byHand: { name: 'restore-record', title: 'Restore the DNS record' },
  }),
  noAddress({
    name: 'dns-servfail',
    title: 'The name server fails',
    mood: { refuse: 'SERVFAIL' },
    byHand: { name: 'repair-name-server', title: 'Repair the name server' },
  }),
  noAddress({
    name: 'dns-silent',
    title: 'The name server is silent',
    mood: 'silent',
    byHand: { name: 'repair-name-server', title: 'Start the name server again' },
  }),
];

function noAddress(kind: {
  readonly name: string;
  readonly title: string;
  readonly mood: NameServerMood;
  readonly byHand: { readonly name: string; readonly title: string };
}): FaultKind {
  return {
    name: kind.name,
    title: kind.title,
    engines: SERVERS,
    missing: missingResolver,
    async make(lab) {
      const nameServer = await startNameServer(kind.mood);
      const { surroundings, lookup } = await createResolver(lab.keeper, nameServer.host);
      const answer = async () => {
        nameServer.mood = { answer: lab.server.host };
      };
      return breakWay(lab, {
        layer: 'dns',
        runbook: 'dns',
        describe: `${kind.title}: ${HOST} is looked up at ${nameServer.host}.`,
        url: changedUrl(lab.urls.shop, { host: HOST }),
        surroundings,
        lookup,
        byHand: [{ ...kind.byHand, do: answer }],
        isMisconfigured: true,
        restore: () => nameServer.close(),
      });
    },
  };
}
