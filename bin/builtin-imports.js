import { builtinModules } from 'node:module';

/** A statement of an esbuild output that imports from outside: default, namespace, names, module. */
const IMPORT =
  /(?<=^|[;\n}])import(?:(?<whole>[\w$]+)|\s+(?<spaced>[\w$]+))?,?(?:\*as (?<namespace>[\w$]+))?(?:\{(?<names>[^}]*)\})?(?:\s*from)?"(?<module>[^"]+)";/g;
const BUILTINS = new Set(builtinModules.flatMap((name) => [name, `node:${name}`]));

/**
 * Defines what {@link withoutBuiltinImports} and packages in CommonJS use. These are bundled, and
 * require nothing but Node's own modules, or try to.
 */
export const BUILTINS_BANNER = [
  'const __builtin=globalThis.process.getBuiltinModule;',
  'const require=(name)=>{const it=__builtin(name);if(it)return it;',
  'throw Object.assign(new Error(`Cannot find module ${name}`),{code:"MODULE_NOT_FOUND"})};',
].join('');

/**
 * Replaces the static imports of Node's own modules in a chunk. For an import Node reads every
 * export of such a module, and some load others: the streams of `fs`, the terminals of `util`.
 * Throws unless exactly the `expected` modules were imported.
 */
export function withoutBuiltinImports(chunk, expected) {
  const found = new Set();
  const constants = [];
  const rest = chunk.replace(IMPORT, (statement, ...more) => {
    const { whole, spaced, namespace, names, module } = more.at(-1);
    if (!BUILTINS.has(module)) return statement;
    found.add(module);
    const load = `__builtin("${module}")`;
    for (const name of [whole ?? spaced, namespace]) if (name) constants.push(`${name}=${load}`);
    if (names) constants.push(`{${names.split(',').map(property).join(',')}}=${load}`);
    return '';
  });
  const missed = expected.filter((module) => !found.has(module));
  if (missed.length > 0) throw new Error(`imports were not found in a chunk: ${missed.join(', ')}`);
  if (constants.length === 0) return chunk;
  // After the banner, before everything that could use them.
  return rest.replace(BUILTINS_BANNER, (banner) => `${banner}const ${constants.join(',')};`);
}

function property(name) {
  return name.trim().replace(/^([\w$]+) as /, '$1:');
}
