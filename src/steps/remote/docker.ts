import type { Client } from './client.ts';
import { DOCKER_RULES } from './docker-rules.ts';

/** Returns a docker client for a container, by its name or ID. */
export function createDockerClient(container: string): Client {
  return {
    place: `docker ${container}`,
    rules: DOCKER_RULES,
    call(words, terminal) {
      const how = terminal ? ['-i', '-t'] : ['-i'];
      return { program: 'docker', words: ['exec', ...how, '--', container, ...words] };
    },
    async close() {},
  };
}
