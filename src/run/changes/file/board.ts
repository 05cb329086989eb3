import { readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { codeOf } from '#errors.ts';
import { lifeOf, readWriter, thisProcess, writerName } from '../../journal/file/lock.ts';
import { makePrivateFolder } from '../../store/file/private-folder.ts';
import type { ChangeBoard, ChangeSign, OtherSign } from '../port.ts';

/** Separates the run from its process in the name of a sign's file. */
const BY = '~';

/**
 * Returns the board beside the folders of the runs, as seen by the run in `folder`. Every sign is a
 * file that names its process; signs of dead processes are removed.
 */
export function fileBoard(folder: string): ChangeBoard {
  const signs = join(dirname(dirname(folder)), 'changes');
  const run = basename(folder);
  const ownName = () => `${run}${BY}${writerName(thisProcess())}`;
  return {
    show: async (sign) => {
      makePrivateFolder(signs);
      const name = ownName();
      const written = join(signs, `.${name}`);
      writeFileSync(written, JSON.stringify(sign), { mode: 0o600 });
      renameSync(written, join(signs, name));
    },
    others: async () =>
      namesIn(signs).flatMap((name): readonly OtherSign[] => {
        const [id = '', process = ''] = name.split(BY);
        const writer = readWriter(process);
        if (writer === undefined || id === run || id.startsWith('.')) return [];
        const life = lifeOf(writer);
        if (life === 'dead') rmSync(join(signs, name), { force: true });
        const sign = life === 'dead' ? undefined : signIn(join(signs, name));
        return sign === undefined ? [] : [{ ...sign, run: id, isCertain: life === 'alive' }];
      }),
    clear: async () => rmSync(join(signs, ownName()), { force: true }),
  };
}

function namesIn(signs: string): readonly string[] {
  try {
    return readdirSync(signs).sort();
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return [];
    throw error;
  }
}

/** A sign that was removed meanwhile is none. */
function signIn(file: string): ChangeSign | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as ChangeSign;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}
