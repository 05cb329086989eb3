import { writeFileSync } from 'node:fs';
import { environmentError } from '#errors.ts';

/** Writes a file; throws an environment error that names it. */
export function writeResult(file: string, text: string): void {
  try {
    writeFileSync(file, text);
  } catch (error) {
    throw environmentError(`${file} cannot be written`, undefined, error);
  }
}
