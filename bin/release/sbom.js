import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { packageFolders } from '../third-party-licences.js';

/** Returns the packages that files of a build from `root` stem from, as CycloneDX. */
export async function billOfMaterials(used, root, { name, version }) {
  const components = await Promise.all(
    packageFolders(used).map(async (folder) => {
      const own = JSON.parse(await readFile(join(root, folder, 'package.json'), 'utf8'));
      return {
        type: 'library',
        name: own.name,
        version: own.version,
        purl: `pkg:npm/${own.name.replace('@', '%40')}@${own.version}`,
        licenses: [{ expression: own.license }],
      };
    }),
  );
  return {
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    version: 1,
    metadata: { component: { type: 'application', name, version } },
    components,
  };
}
