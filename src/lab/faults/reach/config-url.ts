import { SERVERS } from '../../engines.ts';
import type { FaultKind } from '../../fault.ts';
import { changedUrl, loginOf } from '../../setup/changed-url.ts';
import type { Lab } from '../../setup/lab.ts';
import { breakWay } from '../application-way.ts';

/** Faults of the URL itself, which the application is configured with. */
export const CONFIG_FAULTS = [
  wrongUrl({
    name: 'config-unescaped-password',
    title: 'The password in the URL is not encoded',
    describe: 'The URL of the application holds the password without percent-encoding.',
    url: ({ urls }) => {
      const { password } = loginOf(urls.shop);
      return urls.shop.replace(/:[^:@]*@/, () => `:${password}@`);
    },
  }),
  // A variable was unset when the URL was built.
  wrongUrl({
    name: 'config-undefined-host',
    title: 'The host in the URL is the text "undefined"',
    describe: 'The URL of the application names the host "undefined".',
    url: ({ urls }) => changedUrl(urls.shop, { host: 'undefined' }),
  }),
];

function wrongUrl(kind: {
  readonly name: string;
  readonly title: string;
  readonly describe: string;
  url(lab: Lab): string;
}): FaultKind {
  return {
    name: kind.name,
    title: kind.title,
    engines: SERVERS,
    make: (lab) =>
      breakWay(lab, {
        layer: 'config',
        runbook: 'config',
        describe: kind.describe,
        url: kind.url(lab),
        isMisconfigured: true,
      }),
  };
}
