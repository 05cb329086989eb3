import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { COMMANDS } from '#cli/commands.ts';
import { EXIT } from '#errors.ts';
import { parsed } from '../fixtures/compiled.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

const pages = [
  'README.md',
  'CHANGELOG.md',
  ...readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => join('docs', name)),
];

function textOf(page: string): string {
  return readFileSync(join(root, page), 'utf8');
}

/** The anchors of a page, made from its headings as code hosts make them. */
function anchorsOf(page: string): readonly string[] {
  return [...textOf(page).matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\w\s-]/g, '')
      .trim()
      .replaceAll(' ', '-'),
  );
}

/** Where the links of a page lead that do not leave this project. */
function linksOf(page: string): readonly { readonly to: string; readonly anchor: string }[] {
  return [
    ...textOf(page)
      .replaceAll(/(`+)[^`].*?\1/g, '')
      .matchAll(/\]\(([^)\s]+)\)/g),
  ]
    .map(([, link = '']) => link)
    .filter((link) => !/^[a-z]+:/.test(link))
    .map((link) => {
      const [path = '', anchor = ''] = link.split('#');
      const to = path === '' ? page : relative(root, join(root, dirname(page), path));
      return { to: to.replace(/\/$/, ''), anchor };
    });
}

/** What a link leads to: a page, or every page of a folder. */
function behind(to: string): readonly string[] {
  return to.endsWith('.md') ? [to] : pages.filter((page) => dirname(page) === to);
}

describe('the documents', () => {
  test.each(pages)('%s leads only to what is there', (page) => {
    for (const { to, anchor } of linksOf(page)) {
      expect([to, existsSync(join(root, to))]).toEqual([to, true]);
      if (anchor !== '') expect(anchorsOf(to)).toContain(anchor);
    }
  });

  test('can all be reached from the first one', () => {
    const reached = new Set<string>();
    const visit = (page: string): void => {
      if (reached.has(page) || !pages.includes(page)) return;
      reached.add(page);
      for (const { to } of linksOf(page)) for (const next of behind(to)) visit(next);
    };
    visit('README.md');
    expect(pages.filter((page) => !reached.has(page))).toEqual([]);
  });

  test.each(pages)('%s names only tests that there are', (page) => {
    const named = [...textOf(page).matchAll(/`(test\/\S+?\.tsx?)(?: › ([^`]+))?`/g)];
    for (const [, file = '', name] of named) {
      expect([file, existsSync(join(root, file))]).toEqual([file, true]);
      if (name !== undefined) expect([name, textOf(file).includes(name)]).toEqual([name, true]);
    }
  });

  test.each(pages)('%s names only sources that there are', (page) => {
    const named = [...textOf(page).matchAll(/`((?:src|bin|runbooks)\/[a-z0-9_./-]+)`/g)];
    for (const [, file = ''] of named)
      expect([file, existsSync(join(root, file))]).toEqual([file, true]);
  });

  test('decisions are numbered without gaps', () => {
    const names = readdirSync(join(root, 'docs/decisions'))
      .filter((name) => name !== 'README.md')
      .toSorted();
    expect(names.map((name) => Number(name.slice(0, 4)))).toEqual(names.map((_, at) => at + 1));
  });
});

describe('the first page', () => {
  const readme = textOf('README.md');

  test('has every exit code, and no other', () => {
    const codes = [...readme.matchAll(/^\| (\d+) \|/gm)].map(([, code]) => Number(code));
    expect(codes).toEqual(Object.values(EXIT));
  });

  test('has a runbook that is valid and fits on a page', () => {
    const [, runbook = ''] = /```yaml\n(.*?)```/s.exec(readme) ?? [];
    expect(() => parsed(runbook, 'stuck-orders.yaml')).not.toThrow();
    expect(runbook.trimEnd().split('\n').length).toBeLessThanOrEqual(22);
  });

  test('names commands that there are', () => {
    const { scripts } = JSON.parse(textOf('package.json')) as { scripts: Record<string, string> };
    const named = [...readme.matchAll(/npm (?:run )?(demo|drill|test|release)\b/g)].map(
      ([, name]) => name,
    );
    expect(new Set(named)).toEqual(new Set(['demo', 'drill', 'test', 'release']));
    for (const name of named) expect(Object.keys(scripts)).toContain(name);
    for (const [, name] of readme.matchAll(/`?runbook (run|resume|transcript|validate)\b/g))
      expect(Object.keys(COMMANDS)).toContain(name);
  });
});
