import type { FaultKind } from '../../fault.ts';
import { changedUrl } from '../../setup/changed-url.ts';
import { breakWay, openBystanders } from '../application-way.ts';

const OTHER_ADDRESS = '127.0.0.2';

/** The server listens on one address of the machine, and the application connects to another. */
export const REFUSED_OTHER_INTERFACE: FaultKind = {
  name: 'refused-other-interface',
  title: 'The server listens on another address of its machine',
  engines: ['postgres', 'postgres-system', 'mariadb'],
  async make(lab) {
    return breakWay(lab, {
      layer: 'tcp',
      runbook: 'refused',
      describe: `The server listens on 127.0.0.1 only, the application connects to ${OTHER_ADDRESS}.`,
      url: changedUrl(lab.urls.shop, { host: OTHER_ADDRESS }),
      isMisconfigured: true,
      bystanders: await openBystanders(lab),
      async restore() {},
    });
  },
};
