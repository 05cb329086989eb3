import type { ErrorRule } from '../wire/network-error.ts';
import type { Client } from './client.ts';
import { NO_BASH, NO_LOOKUP } from './client-error.ts';
import { asked, CONTAINER, shortened } from './look.ts';

/** Returns a docker client for a container, by its name or ID. */
export function createDockerClient(container: string): Client {
  const place = `docker ${container}`;
  const callOf =
    (name: string): Client['call'] =>
    (words, terminal) => {
      const how = terminal ? ['-i', '-t'] : ['-i'];
      return { program: 'docker', words: ['exec', ...how, '--', name, ...words] };
    };
  return {
    place,
    rules: DOCKER_RULES,
    call: callOf(container),
    selfPortrait: CONTAINER,
    async identify(how) {
      const words = ['inspect', '--type', 'container', '--format', '{{.Id}}', '--', container];
      const client = { place, rules: DOCKER_RULES };
      const answer = await asked(client, ['docker', ...words], how);
      if ('error' in answer) return answer;
      const id = answer.stdout.trim();
      return { said: id, shown: `container ${shortened(id)}`, call: callOf(id) };
    },
    async close() {},
  };
}

/** Rules for the messages of docker's client and daemon when a script cannot run. */
export const DOCKER_RULES: readonly ErrorRule[] = [
  { text: NO_BASH, kind: 'not_found' },
  {
    text: /No such container/i,
    kind: 'not_found',
    hint: 'docker ps --all lists what there is; its name may have changed with a deployment.',
  },
  {
    text: /permission denied .*docker/i,
    kind: 'no_permission',
    hint: 'Only root and the group docker may use that socket.',
  },
  {
    text: /container \S+ is (?:not running|restarting|paused)/i,
    kind: 'refused',
    hint: 'docker ps --all says since when, docker logs why.',
  },
  { text: NO_LOOKUP, kind: 'dns', phase: 'dns' },
  { text: /Could not resolve hostname/, kind: 'dns', phase: 'dns' },
  { text: /i\/o timeout|deadline exceeded|Client\.Timeout/, kind: 'timeout', phase: 'tcp' },
  { text: /no route to host|network is unreachable/, kind: 'unreachable', phase: 'tcp' },
  { text: /x509:|tls:|server gave HTTP response to HTTPS/, kind: 'tls', phase: 'tls' },
  {
    text: /Cannot connect to the Docker daemon|connection refused/,
    kind: 'refused',
    phase: 'tcp',
    hint: 'Is the daemon up, and is it the right one (docker context ls, DOCKER_HOST)?',
  },
  { text: /Permission denied \(|Host key verification failed/, kind: 'auth', phase: 'auth' },
  { text: /unauthorized|authorization denied/i, kind: 'no_permission', phase: 'auth' },
  { text: /context \S+ ?(?:not found|does not exist)|context not found/, kind: 'config' },
  { text: /EOF|connection reset/, kind: 'reset', phase: 'tcp' },
];
