import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { thirdPartyLicences } from './third-party-licences.js';

const root = fileURLToPath(new URL('../', import.meta.url));
const YOGA = /yoga-layout[\\/]dist[\\/]binaries[\\/].*\.js$/;

/** Yoga fetches its own `data:` URL, for which Node loads its whole HTTP client; it decodes it as well. */
const yogaWithoutFetch = {
  name: 'yoga-without-fetch',
  setup(it) {
    it.onLoad({ filter: YOGA }, async ({ path }) => {
      const text = await readFile(path, 'utf8');
      if (!text.includes('"function"!=typeof fetch'))
        throw new Error(`${path} has changed: look again how it loads its binary`);
      return { contents: `const fetch = undefined;\n${text}`, loader: 'js' };
    });
  },
};

/** Ink imports its development tools only when asked to by an environment variable. */
const noDevelopmentTools = {
  name: 'no-development-tools',
  setup(it) {
    it.onResolve({ filter: /^react-devtools-core$/ }, ({ path }) => ({ path, namespace: 'none' }));
    it.onLoad({ filter: /.*/, namespace: 'none' }, () => ({ contents: 'export default {}' }));
  },
};

/**
 * Bundles programs (name to source file) into a folder of ES modules, one chunk a dynamic import,
 * and removes what earlier builds left there. Writes `meta.json`, esbuild's account of the chunks, and
 * the licences of the packages inside.
 */
export async function bundle(entryPoints, folder) {
  const { metafile } = await build({
    entryPoints,
    outdir: folder,
    absWorkingDir: root,
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node22.12',
    // Shorter names would save a third and make stacks unreadable; esbuild's remedy slows closures down.
    minifySyntax: true,
    minifyWhitespace: true,
    metafile: true,
    legalComments: 'none',
    logLevel: 'warning',
    chunkNames: '[name]-[hash]',
    define: { 'process.env.NODE_ENV': '"production"' },
    external: ['pg-native'],
    banner: {
      // Packages in CommonJS call `require`; a plain `createRequire` would collide with zx's own.
      js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
    },
    plugins: [yogaWithoutFetch, noDevelopmentTools],
  });
  const accounts = {
    'meta.json': JSON.stringify(metafile),
    'third-party-licences.txt': await thirdPartyLicences(metafile, root),
  };
  for (const [name, text] of Object.entries(accounts)) await writeFile(join(folder, name), text);
  const chunks = Object.keys(metafile.outputs).map((path) => basename(path));
  const wanted = new Set([...chunks, ...Object.keys(accounts)]);
  const stale = (await readdir(folder)).filter((name) => !wanted.has(name));
  await Promise.all(stale.map((name) => rm(join(folder, name), { recursive: true })));
}
