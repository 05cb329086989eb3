import type { FaultKind } from '../../fault.ts';
import { missingFirewall, startFirewall } from '../../network/firewall.ts';
import { changedUrl } from '../../setup/changed-url.ts';
import { breakWay, openBystanders } from '../application-way.ts';

/** A firewall between the application and the server drops packets. */
export const TIMEOUT_DROPPED: FaultKind = {
  name: 'timeout-dropped',
  title: 'A firewall drops the packets',
  engines: ['postgres', 'postgres-system', 'mariadb'],
  missing: missingFirewall,
  async make(lab) {
    const firewall = await startFirewall(lab.keeper, lab.server.port);
    await firewall.drop();
    let isOpen = false;
    const open = async () => {
      if (isOpen) return;
      await firewall.pass();
      isOpen = true;
    };
    return breakWay(lab, {
      layer: 'tcp',
      runbook: 'timeout',
      describe: `A firewall in front of ${firewall.host}:${firewall.port} loses every answer.`,
      url: changedUrl(lab.urls.shop, { host: firewall.host, port: firewall.port }),
      byHand: [{ name: 'open-firewall', title: 'Let the packets pass the firewall.', do: open }],
      bystanders: await openBystanders(lab),
      restore: () => firewall.close(),
    });
  },
};
