import type { ErrorRule } from '../wire/network-error.ts';
import { NO_BASH } from './client-error.ts';

/** Rules for the messages of OpenSSH, and of the remote login shell, when a script cannot run. */
export const SSH_RULES: readonly ErrorRule[] = [
  { text: /Could not resolve hostname/i, kind: 'dns', phase: 'dns' },
  {
    text: /Connection refused/,
    kind: 'refused',
    phase: 'tcp',
    hint: 'Nothing listens there: is sshd up, and is the port right?',
  },
  { text: /No route to host|Network is unreachable/, kind: 'unreachable', phase: 'tcp' },
  { text: /timed out|Timeout, server .* not responding/, kind: 'timeout', phase: 'tcp' },
  {
    text: /REMOTE HOST IDENTIFICATION HAS CHANGED/,
    kind: 'auth',
    phase: 'auth',
    hint: 'Another machine answers than last time, or its key is new: find out which before you continue.',
  },
  {
    text: /Host key verification failed/,
    kind: 'auth',
    phase: 'auth',
    hint: 'Its key is not in known_hosts: log in once by hand, and compare the fingerprint.',
  },
  {
    text: /Permission denied \(|Too many authentication failures|No supported authentication methods/,
    kind: 'auth',
    phase: 'auth',
    hint: 'No prompt is shown here: is the key loaded (ssh-add -l), and is the user the right one?',
  },
  {
    text: /Unable to negotiate with|no matching (?:host key type|key exchange method|cipher)/,
    kind: 'tls',
    phase: 'tls',
    hint: 'Client and server have no common algorithm.',
  },
  {
    text: /Bad owner or permissions|Bad configuration option|terminating, \d+ bad configuration|ControlPath too long|hostname contains invalid|Bad port|Can't open user config/,
    kind: 'config',
  },
  {
    text: /account is currently not available|administratively prohibited|does not allow/i,
    kind: 'no_permission',
    phase: 'auth',
  },
  { text: NO_BASH, kind: 'not_found' },
  {
    text: /Connection (?:to \S+ )?(?:closed|reset)|Broken pipe|Connection aborted/i,
    kind: 'reset',
    phase: 'tcp',
    hint: 'sshd closed it: too many logins at a time (MaxStartups), or an address that it refuses.',
  },
];
