import type { FaultKind } from '../fault.ts';
import { APP_POOL_LEAK } from './capacity/app-pool-leak.ts';
import { APP_POOL_TOO_SMALL } from './capacity/app-pool-too-small.ts';
import { LIMIT_FAULTS } from './capacity/connection-limits.ts';
import { SERVER_FULL_FAULTS } from './capacity/server-full.ts';
import { ACCOUNT_FAULTS, URL_FAULTS } from './login/auth-account.ts';
import { HOST_RULE_FAULTS } from './login/auth-host-rules.ts';
import { TLS_FAULTS, TLS_VERSION_FAULTS } from './login/tls.ts';
import { CERTIFICATE_FAULTS } from './login/tls-certificate.ts';
import { POOLER_FAULTS } from './pooler/faults.ts';
import { BAD_LINE_FAULTS } from './reach/bad-line.ts';
import { CONFIG_FAULTS } from './reach/config-url.ts';
import { DNS_FAULTS } from './reach/dns-no-address.ts';
import { REFUSED_FAULTS } from './reach/refused.ts';
import { TIMEOUT_FAULTS } from './reach/timeout.ts';
import { WRONG_SERVICE_FAULTS } from './reach/wrong-service.ts';
import { DISK_FAULTS } from './state/disk-full.ts';
import { FAILOVER_FAULTS } from './state/failover.ts';
import { NOT_READY_FAULTS } from './state/not-ready.ts';
import { READ_ONLY_FAULTS } from './state/read-only.ts';
import { STALE_FAULTS } from './state/stale.ts';
import { FORGOTTEN_FAULTS } from './state/stale-firewall.ts';
import { LOCK_FAULTS } from './workload/locks.ts';
import { MIGRATION_FAULTS } from './workload/migrations.ts';
import { SLOW_QUERY } from './workload/slow-query.ts';
import { STATEMENT_FAULTS } from './workload/statement-errors.ts';

/** The faults of the lab by layer. */
export const FAULTS = {
  /** On the way to a server: names, ports, packets, and other services. */
  reach: [
    ...[...CONFIG_FAULTS, ...DNS_FAULTS, ...REFUSED_FAULTS, ...TIMEOUT_FAULTS],
    ...[...BAD_LINE_FAULTS, ...WRONG_SERVICE_FAULTS],
  ],
  /** Of a login that reaches a server: credentials, host rules, privileges and TLS. */
  login: [
    ...[...URL_FAULTS, ...HOST_RULE_FAULTS, ...ACCOUNT_FAULTS],
    ...[...TLS_FAULTS, ...CERTIFICATE_FAULTS, ...TLS_VERSION_FAULTS],
  ],
  /** Of the state of a server, or of the sessions that a pool keeps. */
  state: [
    ...[...NOT_READY_FAULTS, ...READ_ONLY_FAULTS, ...STALE_FAULTS, ...FORGOTTEN_FAULTS],
    ...[...FAILOVER_FAULTS, ...DISK_FAULTS],
  ],
  /** Of connection capacity: of the server, of a role, of an application's pool. */
  capacity: [...SERVER_FULL_FAULTS, ...LIMIT_FAULTS, APP_POOL_LEAK, APP_POOL_TOO_SMALL],
  /** Of running work: locks, slow queries, a half-applied migration. */
  work: [...LOCK_FAULTS, SLOW_QUERY, ...MIGRATION_FAULTS, ...STATEMENT_FAULTS],
  /** Of a pooler in front of a server. */
  pooler: POOLER_FAULTS,
} as const satisfies Readonly<Record<string, readonly FaultKind[]>>;

/** Every fault of the lab, in the order of the layers. */
export const EVERY_FAULT: readonly FaultKind[] = Object.values(FAULTS).flat();
