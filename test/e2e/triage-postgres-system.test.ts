import { describeTriage } from './triage-fault.ts';

/** Its messages differ from those of the newest version in a few places; a fault of each layer shows it. */
const TAKEN = [
  ...['auth-wrong-password', 'auth-no-hba-entry', 'tls-required-by-server', 'not-ready-starting'],
  ...['read-only-standby', 'full-of-idle', 'role-limit', 'locks-idle-blocker', 'slow-query'],
];

await describeTriage('postgres-system', ({ name }) => TAKEN.includes(name));
