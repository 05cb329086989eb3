import type { FaultKind } from '../../fault.ts';
import { expiredPassword, locked, noConnectPrivilege, nologin } from './auth-account.ts';
import { missingDatabase, missingRole, wrongPassword } from './auth-credentials.ts';
import { hbaReject, hostNotAllowed, noHbaEntry } from './auth-host-rules.ts';
import { expiredCertificate, unknownCa, wrongName } from './tls-certificate.ts';
import { directRefused } from './tls-direct-refused.ts';
import { protocolTooOld, requiredByServer, serverHasNone } from './tls-server-policy.ts';

/** Faults of a login that reaches a server: credentials, host rules, privileges and TLS. */
export const LOGIN_FAULTS: readonly FaultKind[] = [
  wrongPassword,
  missingRole,
  missingDatabase,
  hbaReject,
  noHbaEntry,
  hostNotAllowed,
  nologin,
  locked,
  expiredPassword,
  noConnectPrivilege,
  requiredByServer,
  serverHasNone,
  unknownCa,
  wrongName,
  expiredCertificate,
  protocolTooOld,
  directRefused,
];
