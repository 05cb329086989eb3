import type { Client } from '../../drivers/client.ts';
import type { FaultKind } from '../../fault.ts';
import { changedUrl } from '../../setup/changed-url.ts';
import { MAX_CONNECTIONS } from '../../setup/lab.ts';
import { adminUrl, makeCapacityFault, openUntilRefused } from './fault.ts';

/** A MariaDB with every connection in use, even the administrator's: error 1040 for everyone. */
export const MYSQL_MAX_CONNECTIONS: FaultKind = {
  name: 'mysql-max-connections',
  title: 'max_connections is reached, and the administrator is refused as well',
  engines: ['mariadb'],
  async make(lab) {
    if (lab.engine !== 'mariadb') throw new TypeError(`${lab.engine} has no extra port`);
    const root = adminUrl(lab);
    const extra = changedUrl(root, { port: lab.extraPort });
    let held: readonly Client[] = [];
    return makeCapacityFault(lab, {
      describe: `The server has ${MAX_CONNECTIONS} connections, and the one more that an administrator gets is taken too. Port ${lab.extraPort} is its extra_port.`,
      inputs: { reserve_url: extra },
      async make() {
        const ordinary = await openUntilRefused(() => lab.open());
        const administrators = await openUntilRefused(() => lab.open(root));
        held = [...ordinary.sessions, ...administrators.sessions];
        return ordinary.refusal;
      },
      lost: () =>
        held.filter((session) => session.isLost()).map(() => 'a session of shop-web was ended'),
      async undo() {
        await Promise.all(held.map((session) => session.end()));
        await lab.admin(`SET GLOBAL max_connections = ${MAX_CONNECTIONS}`);
      },
    });
  },
};
