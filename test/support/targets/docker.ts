import { accessSync, constants } from 'node:fs';
import { join, resolve } from 'node:path';
import { type Box, missingBox, openBox } from './box.ts';

const { composeFolder } = (await import(resolve('bin/fetched-folders.js'))) as {
  readonly composeFolder: string;
};

/** A Docker daemon of its own, with an image of this machine's PostgreSQL. */
export type DockerBox = Box & {
  /** What Docker's client needs to reach it, in the box. */
  readonly env: Readonly<Record<string, string>>;
  docker(...words: readonly string[]): Promise<string>;
};

/** The name of the image: it listens on `PGPORT` and trusts every login. */
export const IMAGE = 'runbook/postgres';

/** Returns the reason why no Docker daemon can be started here; undefined if one can. */
export async function missingDocker(): Promise<string | undefined> {
  const programs = ['docker', 'dockerd', 'containerd', 'runc', 'ss', 'setpriv'];
  return (await missingBox(programs)) ?? missingPostgres() ?? missingCompose();
}

function missingCompose(): string | undefined {
  return isThere(join(composeFolder, 'cli-plugins/docker-compose'))
    ? undefined
    : 'Docker Compose was not fetched (bin/fetch-compose.sh)';
}

function missingPostgres(): string | undefined {
  return isThere('/usr/lib/postgresql') ? undefined : 'PostgreSQL of Debian is not installed';
}

function isThere(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Starts a Docker daemon and imports the image. */
export async function openDocker(): Promise<DockerBox> {
  const box = await openBox('docker-box.sh');
  const env = { DOCKER_HOST: 'unix:///run/docker.sock', DOCKER_CONFIG: composeFolder };
  try {
    const files = join(box.folder, 'image');
    const script = join(import.meta.dirname, 'postgres-image.sh');
    const build = `bash ${script} ${files} | docker import --change 'ENTRYPOINT ["/bin/entry"]' - ${IMAGE}`;
    await box.run(['bash', '-o', 'pipefail', '-c', build], env);
  } catch (error) {
    await box.close();
    throw error;
  }
  return { ...box, env, docker: (...words) => box.run(['docker', ...words], env) };
}
