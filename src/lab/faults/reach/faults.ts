import type { FaultKind } from '../../fault.ts';
import { CONFIG_UNDEFINED_HOST, CONFIG_UNESCAPED_PASSWORD } from './config-url.ts';
import { DNS_NXDOMAIN, DNS_SERVFAIL, DNS_SILENT } from './dns-no-address.ts';
import { REFUSED_CLOSED_PORT } from './refused-closed-port.ts';
import { REFUSED_OTHER_INTERFACE } from './refused-other-interface.ts';
import { REFUSED_STOPPED } from './refused-stopped.ts';
import { TIMEOUT_DROPPED } from './timeout-dropped.ts';
import { TIMEOUT_STOPPED_POSTMASTER } from './timeout-stopped-postmaster.ts';
import { TIMEOUT_FULL_BACKLOG, TIMEOUT_SILENT } from './timeout-wrong-listener.ts';
import {
  WRONG_SERVICE_HTTP,
  WRONG_SERVICE_OTHER_ENGINE,
  WRONG_SERVICE_SSH_BANNER,
} from './wrong-service.ts';

/** Faults on the way to a server: names, ports, packets, and other services. */
export const REACH_FAULTS: readonly FaultKind[] = [
  CONFIG_UNESCAPED_PASSWORD,
  CONFIG_UNDEFINED_HOST,
  DNS_NXDOMAIN,
  DNS_SERVFAIL,
  DNS_SILENT,
  REFUSED_CLOSED_PORT,
  REFUSED_STOPPED,
  REFUSED_OTHER_INTERFACE,
  TIMEOUT_DROPPED,
  TIMEOUT_FULL_BACKLOG,
  TIMEOUT_SILENT,
  TIMEOUT_STOPPED_POSTMASTER,
  WRONG_SERVICE_HTTP,
  WRONG_SERVICE_SSH_BANNER,
  WRONG_SERVICE_OTHER_ENGINE,
];
