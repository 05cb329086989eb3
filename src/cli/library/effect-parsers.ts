import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { setFlagsFromString } from 'node:v8';
import type { EffectParsers, ParserNeeds } from '#safety/effects/parsers.ts';
import type { ParsePostgres } from '#safety/effects/postgres/infer.ts';
import { type ParseShell, readTree } from '#safety/effects/shell/tree/node.ts';

let shell: Promise<ParseShell> | undefined;
let postgres: Promise<ParsePostgres> | undefined;

/** Loads the parsers for effect inference, each on demand and once. */
export async function loadEffectParsers(needs: ParserNeeds): Promise<EffectParsers> {
  keepGrammarsAsTheyAre();
  if (needs.shell) shell ??= loadShell();
  if (needs.postgres) postgres ??= loadPostgres();
  const [parseShell, parsePostgres] = await Promise.all([shell, postgres]);
  return { shell: parseShell, postgres: parsePostgres, bashReads };
}

/**
 * After a few statements or scripts V8 would optimize the grammars, functions of 100 kB: that takes
 * a second and 600 MB, and the exit of the process waits for it. Code that V8 compiles later is not
 * optimized either.
 */
function keepGrammarsAsTheyAre(): void {
  setFlagsFromString('--no-wasm-tier-up');
  setFlagsFromString('--no-wasm-dynamic-tiering');
}

async function loadPostgres(): Promise<ParsePostgres> {
  const { default: parser } = await import('libpg-query');
  await parser.loadModule();
  return rememberingLast(parser.parseSync);
}

/** Caches the last statement, about which several questions are asked in sequence. */
function rememberingLast(parse: ParsePostgres): ParsePostgres {
  let last: { readonly sql: string; readonly tree: unknown } | undefined;
  return (sql) => {
    if (last?.sql !== sql) last = { sql, tree: parse(sql) };
    return last.tree;
  };
}

async function loadShell(): Promise<ParseShell> {
  const { Parser, Language } = await import('web-tree-sitter');
  const [grammar] = await Promise.all([readFile(bashGrammar()), Parser.init()]);
  const parser = new Parser();
  parser.setLanguage(await Language.load(grammar));
  return (script) => {
    const tree = parser.parse(script);
    if (tree === null) throw new Error('the parser of bash gave up');
    const cursor = tree.walk();
    try {
      return readTree(cursor, script);
    } finally {
      cursor.delete();
      tree.delete();
    }
  };
}

/** Has bash parse a script without running it; the parser rejects some of what bash accepts. */
function bashReads(script: string): boolean {
  const { PATH } = process.env;
  const { status } = spawnSync('bash', ['--norc', '--noprofile', '-n'], {
    input: script,
    env: PATH === undefined ? {} : { PATH },
    timeout: 5000,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  return status === 0;
}

/** The grammar is beside the bundle, or in its package in a checkout. */
function bashGrammar(): string {
  const beside = fileURLToPath(new URL('./tree-sitter-bash.wasm', import.meta.url));
  return existsSync(beside)
    ? beside
    : fileURLToPath(import.meta.resolve('tree-sitter-bash/tree-sitter-bash.wasm'));
}
