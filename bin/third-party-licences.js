import { readdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';

const PACKAGE = /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//;

/** Returns the folder of every package that files of a build stem from, by name. */
export function packageFolders(used) {
  return [...new Set(used.flatMap((path) => PACKAGE.exec(path)?.[1] ?? []))].sort();
}

/** Returns the licence texts of every package that files of a build from `root` stem from, by name. */
export async function thirdPartyLicences(used, root) {
  const texts = await Promise.all(
    packageFolders(used).map((folder) => licenceOf(resolve(root, folder))),
  );
  return texts.join(`\n\n${'-'.repeat(80)}\n\n`);
}

async function licenceOf(folder) {
  const { name, version, license } = JSON.parse(
    await readFile(join(folder, 'package.json'), 'utf8'),
  );
  const file = (await readdir(folder)).find((it) => /^licen[cs]e/i.test(it));
  const text = file === undefined ? '' : await readFile(join(folder, file), 'utf8');
  return `${name} ${version} (${license})\n\n${text.trim()}\n`;
}
