import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import { build } from 'esbuild';

const STATIC =
  /(?<=^|[;\n}])(?<verb>import|export)(?:\{(?<names>[^}]*)\}from)?"\.\/(?<chunk>[^"/]+)";/g;

/**
 * Merges chunks that the same `roots` need (source files of entry points) into one. Bundling makes a
 * chunk for each set of entry points that share something, and most commands never start alone; Node
 * takes longer to find and link a hundred small modules than to load their code. A root still loads
 * nothing that it did not load before. Takes and returns texts by file name.
 */
export async function mergeChunks(texts, { outputs }, roots) {
  const closures = roots.map((root) => closureOf(root, outputs));
  const groups = new Map();
  for (const path of Object.keys(outputs)) {
    const needed = closures.map((closure) => (closure.has(path) ? '1' : '0')).join('');
    if (!basename(path).startsWith('chunk-') || !needed.includes('1')) continue;
    groups.set(needed, [...(groups.get(needed) ?? []), path]);
  }
  const merged = new Map(texts);
  const homes = new Map();
  for (const paths of groups.values()) {
    if (paths.length === 1) continue;
    // The names of chunks have hashes of what is in them, and of what they import.
    const hash = createHash('sha256').update(paths.join()).digest('hex').slice(0, 8);
    const home = `merged-${hash.toUpperCase()}.js`;
    const exported = paths.map((path, index) => {
      const names = outputs[path].exports.map((name) => `${name} as ${unique(index, name)}`);
      homes.set(basename(path), { home, index });
      return `export{${names.join(',')}}from"./${basename(path)}";`;
    });
    merged.set(
      home,
      await bundled(exported.join('\n'), new Set(paths.map((it) => basename(it))), texts),
    );
  }
  for (const chunk of homes.keys()) merged.delete(chunk);
  for (const [name, text] of merged) merged.set(name, text.replace(STATIC, rewritten));
  return merged;

  function rewritten(statement, ...more) {
    const { verb, names, chunk } = more.at(-1);
    const place = homes.get(chunk);
    if (place === undefined) return statement;
    if (names === undefined) return `import"./${place.home}";`;
    const renamed = names
      .split(',')
      .filter(Boolean)
      .map((item) => {
        const [, name, local = name] = /^\s*([\w$]+)(?:\s+as\s+([\w$]+))?\s*$/.exec(item);
        return `${unique(place.index, name)} as ${local}`;
      });
    return `${verb}{${renamed.join(',')}}from"./${place.home}";`;
  }
}

const unique = (index, name) => `m${index}_${name}`;

/** Returns the outputs that an entry point imports statically, itself included. */
function closureOf(root, outputs) {
  const [entry] = Object.entries(outputs).find(([, { entryPoint }]) => entryPoint === root) ?? [];
  if (entry === undefined) throw new Error(`${root} is no entry point any more`);
  const found = new Set();
  const visit = (path) => {
    if (found.has(path)) return;
    found.add(path);
    for (const { path: next, kind, external } of outputs[path].imports)
      if (kind === 'import-statement' && !external) visit(next);
  };
  visit(entry);
  return found;
}

async function bundled(contents, group, texts) {
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: '/' },
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'node',
    target: 'node22.12',
    minifySyntax: true,
    minifyWhitespace: true,
    legalComments: 'none',
    logLevel: 'warning',
    plugins: [
      {
        name: 'chunks',
        setup(it) {
          it.onResolve({ filter: /^\.\// }, ({ path }) =>
            group.has(path.slice(2))
              ? { path: path.slice(2), namespace: 'chunk' }
              : { path, external: true },
          );
          it.onLoad({ filter: /.*/, namespace: 'chunk' }, ({ path }) => ({
            contents: texts.get(path),
            loader: 'js',
          }));
        },
      },
    ],
  });
  return outputFiles[0].text;
}
