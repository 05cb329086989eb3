import { copyFile, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { basename, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { buildOfCheckout } from '../src/cli/build.ts';
import { BUILTINS_BANNER, withoutBuiltinImports } from './builtin-imports.js';
import { mergeChunks } from './merge-chunks.js';
import { thirdPartyLicences } from './third-party-licences.js';

const root = fileURLToPath(new URL('../', import.meta.url));
const POSTGRES_PARSER = /libpg-query[\\/]wasm[\\/]libpg-query\.js$/;
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

/** Made for CommonJS, PostgreSQL's parser looks for its binary beside itself; a module has no `__dirname`. */
const postgresParserAsModule = {
  name: 'postgres-parser-as-module',
  setup(it) {
    it.onLoad({ filter: POSTGRES_PARSER }, async ({ path }) => {
      const text = await readFile(path, 'utf8');
      const exported = text.indexOf('if(typeof exports==="object"');
      if (exported === -1 || !text.includes('scriptDirectory=__dirname+"/"'))
        throw new Error(`${path} has changed: look again how it finds its binary`);
      const body = text.slice(0, exported).replaceAll('__dirname', 'import.meta.dirname');
      return { contents: `${body}\nexport default PgQueryModule;`, loader: 'js' };
    });
  },
};

/** What packages read from a file of their own while they run, by the package that does. */
const BINARIES = {
  'libpg-query': ['libpg-query/wasm/libpg-query.wasm'],
  'web-tree-sitter': [
    'web-tree-sitter/web-tree-sitter.wasm',
    'tree-sitter-bash/tree-sitter-bash.wasm',
  ],
};

/**
 * Bundles programs (name to source file) into a folder of ES modules, one chunk a dynamic import,
 * with the binaries that belong to them, and removes what earlier builds left there. Chunks that the
 * same `starts` need, source files of what has to start fast, become one. Writes `meta.json`,
 * esbuild's account of the chunks, and the licences of the packages inside.
 */
export async function bundle(entryPoints, folder, starts = []) {
  const { metafile, outputFiles } = await build({
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
    define: {
      'process.env.NODE_ENV': '"production"',
      RUNBOOK_BUILD: JSON.stringify(buildOfCheckout(root)),
    },
    // The engine of team mode asks for the last three only when it is told to export what it does.
    external: ['pg-native', 'winston*', '@opentelemetry/*', '@dbos-inc/dbos-enterprise'],
    banner: { js: BUILTINS_BANNER },
    write: false,
    plugins: [yogaWithoutFetch, noDevelopmentTools, postgresParserAsModule],
  });
  await mkdir(folder, { recursive: true });
  const texts = new Map();
  for (const { path, text } of outputFiles) {
    const { imports } = metafile.outputs[relative(root, path)];
    const builtins = imports.filter((it) => it.external && it.kind === 'import-statement');
    const modules = builtins.map((it) => it.path);
    texts.set(basename(path), withoutBuiltinImports(text, modules));
  }
  const merged = await mergeChunks(texts, metafile, starts);
  for (const [name, text] of merged) await writeFile(join(folder, name), text);
  const code = Object.values(metafile.outputs).flatMap((output) => Object.keys(output.inputs));
  const binaries = binariesFor(code);
  for (const path of binaries) await copyFile(join(root, path), join(folder, basename(path)));
  const accounts = {
    'meta.json': JSON.stringify(metafile),
    'third-party-licences.txt': await thirdPartyLicences([...code, ...binaries], root),
  };
  for (const [name, text] of Object.entries(accounts)) await writeFile(join(folder, name), text);
  const files = [...merged.keys(), ...binaries.map((path) => basename(path))];
  const wanted = new Set([...files, ...Object.keys(accounts)]);
  const stale = (await readdir(folder)).filter((name) => !wanted.has(name));
  await Promise.all(stale.map((name) => rm(join(folder, name), { recursive: true })));
}

function binariesFor(code) {
  return Object.entries(BINARIES).flatMap(([name, paths]) =>
    code.some((path) => path.includes(`node_modules/${name}/`))
      ? paths.map((path) => `node_modules/${path}`)
      : [],
  );
}
