import type { FaultKind } from '../../fault.ts';
import {
  expiredPassword,
  locked,
  missingDatabase,
  missingRole,
  noConnectPrivilege,
  nologin,
  wrongPassword,
} from './auth-account.ts';
import { hbaReject, hostNotAllowed, noHbaEntry } from './auth-host-rules.ts';
import { directRefused, protocolTooOld, requiredByServer, serverHasNone } from './tls.ts';
import { expiredCertificate, unknownCa, wrongName } from './tls-certificate.ts';

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
