import type { FaultKind } from '../../fault.ts';
import { type NameServerMood, startNameServer } from '../../network/name-server.ts';
import { createResolver, missingResolver } from '../../network/resolver.ts';
import { changedUrl } from '../../setup/changed-url.ts';
import { breakWay, openBystanders } from '../application-way.ts';

const HOST = 'db.shop.internal';

/** The name server answers that the name does not exist. */
export const DNS_NXDOMAIN = noAddress({
  name: 'dns-nxdomain',
  title: 'The name of the database does not exist',
  mood: { refuse: 'NXDOMAIN' },
  byHand: { name: 'restore-record', title: 'Restore the DNS record' },
});

/** The name server answers with a failure. */
export const DNS_SERVFAIL = noAddress({
  name: 'dns-servfail',
  title: 'The name server fails',
  mood: { refuse: 'SERVFAIL' },
  byHand: { name: 'repair-name-server', title: 'Repair the name server' },
});

/** The name server does not answer. */
export const DNS_SILENT = noAddress({
  name: 'dns-silent',
  title: 'The name server is silent',
  mood: 'silent',
  byHand: { name: 'repair-name-server', title: 'Start the name server again' },
});

function noAddress(kind: {
  readonly name: string;
  readonly title: string;
  readonly mood: NameServerMood;
  readonly byHand: { readonly name: string; readonly title: string };
}): FaultKind {
  return {
    name: kind.name,
    title: kind.title,
    engines: ['postgres', 'postgres-system', 'mariadb'],
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
        bystanders: await openBystanders(lab),
        restore: () => nameServer.close(),
      });
    },
  };
}
