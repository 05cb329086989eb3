import { readFileSync } from 'node:fs';
import { glob } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { expect, test } from 'vitest';

const MOST = 3;

test(`no circle of imports has more than ${MOST} files`, async () => {
  const circles = circlesOf(await importsOfAll()).filter((files) => files.length > MOST);
  expect(circles.map((files) => files.join(', '))).toEqual([]);
});

/** Every file of the program with those it imports, for their types or later too. */
async function importsOfAll(): Promise<ReadonlyMap<string, readonly string[]>> {
  const files: string[] = [];
  for await (const file of glob('src/**/*.{ts,tsx}')) files.push(file);
  return new Map(files.map((file) => [file, importsOf(file)]));
}

/** What stands behind `from` or `import`, as every file here is formatted. */
const IMPORTED =
  /^(?:import|export|\}).*? from '([^']+)';$|^import '([^']+)';$|\bimport\('([^']+)'\)/gm;

function importsOf(file: string): readonly string[] {
  const text = readFileSync(file, 'utf8');
  return [...text.matchAll(IMPORTED)].flatMap(([, from, bare, later]) => {
    const name = from ?? bare ?? later ?? '';
    if (name.startsWith('#')) return [`src/${name.slice(1)}`];
    return name.startsWith('.') ? [relative('.', join(dirname(file), name))] : [];
  });
}

/** The groups of files that all lead to one another (Tarjan), the largest first. */
function circlesOf(graph: ReadonlyMap<string, readonly string[]>): readonly (readonly string[])[] {
  const seen = new Map<string, { index: number; low: number; isOpen: boolean }>();
  const open: string[] = [];
  const found: string[][] = [];
  const visit = (file: string): number => {
    const own = { index: seen.size, low: seen.size, isOpen: true };
    seen.set(file, own);
    open.push(file);
    for (const next of graph.get(file) ?? []) {
      const known = seen.get(next);
      if (known === undefined) own.low = Math.min(own.low, visit(next));
      else if (known.isOpen) own.low = Math.min(own.low, known.index);
    }
    if (own.low === own.index) {
      const circle = open.splice(open.indexOf(file));
      for (const one of circle) Object.assign(seen.get(one) ?? {}, { isOpen: false });
      found.push(circle.toSorted());
    }
    return own.low;
  };
  for (const file of graph.keys()) if (!seen.has(file)) visit(file);
  return found.toSorted((a, b) => b.length - a.length);
}
