import { environmentError } from '#errors.ts';
import { readReference } from '../../config/reference.ts';
import { resolveReference } from '../../environment/resolve-reference.ts';

/** How secrets of the config file of a server are resolved. */
export type SecretOptions = {
  /** The folder that paths are relative to. */
  readonly folder: string;
  /** Receives warnings, e.g. about a file that others can read. */
  readonly warn: (text: string) => void;
};

/** Resolves with a secret of the config file of a server; rejects with the reason if it is not known. */
export async function configSecret(
  { written }: { readonly written: string },
  whose: string,
  { folder, warn }: SecretOptions,
): Promise<string> {
  const found = await resolveReference(readReference(written), { folder, hasTerminal: false });
  if (!found.ok)
    throw environmentError(`the secret of ${whose} is not known: ${found.reason}`, found.hint);
  if (found.warning !== undefined) warn(found.warning);
  return found.text;
}
