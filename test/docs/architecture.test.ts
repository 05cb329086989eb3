import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { expect, test } from 'vitest';

const root = resolve(import.meta.dirname, '../..');
const page = readFileSync(join(root, 'docs/contribute/architecture.md'), 'utf8');

/** The folders of src, at any depth. */
function rooms(at = ''): readonly string[] {
  return readdirSync(join(root, 'src', at), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => join(at, name))
    .flatMap((room) => [room, ...rooms(room)]);
}

/** The folder of a command is named by it. */
const OF_A_COMMAND = /^cli\/commands\//;

test('the page about the architecture lists every room of src, and only rooms that there are', () => {
  const table = page.split('## Rooms\n')[1]?.split('\n## ')[0] ?? '';
  const listed = [...table.matchAll(/^\| `([\w/-]+)` \|/gm)].map(([, room]) => room);
  const unlisted = rooms().filter((room) => !listed.includes(room) && !OF_A_COMMAND.test(room));
  expect(unlisted).toEqual([]);
  expect(listed.filter((room = '') => !existsSync(join(root, 'src', room)))).toEqual([]);
});

test('no room of src holds more than about twenty files, or a name that begins with its own', () => {
  const full = rooms().filter((room) => filesIn(room).length > 22);
  const repeated = rooms().flatMap((room) =>
    filesIn(room).filter((name) => name.startsWith(`${basename(room)}-`)),
  );
  expect(full).toEqual([]);
  expect(repeated).toEqual([]);
});

function filesIn(room: string): readonly string[] {
  return readdirSync(join(root, 'src', room), { withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ name }) => name);
}

test('the list of decisions has every decision once, by its title, with the later ones that change it', () => {
  const folder = join(root, 'docs/decisions');
  const index = readFileSync(join(folder, 'README.md'), 'utf8');
  const listed = [...index.matchAll(/^\| \[\d{4}\]\(([^)]+)\) \| (.*?) \| (.*)\|$/gm)];
  const decided = readdirSync(folder)
    .filter((name) => name !== 'README.md')
    .toSorted()
    .map((name) => {
      const text = readFileSync(join(folder, name), 'utf8');
      const [, number, title] = /^# (\d{4}) (.*)\n/.exec(text) ?? [];
      const changed = /^\*Changed since\*:[\s\S]*?\n\n/m.exec(text)?.[0] ?? '';
      return [number, name, title, numbersIn(changed)];
    });
  expect(
    listed
      .map(([, name = '', title, changing = '']) => [
        name.slice(0, 4),
        name,
        title,
        numbersIn(changing),
      ])
      .toSorted(([a = ''], [b = '']) => (a < b ? -1 : 1)),
  ).toEqual(decided);
});

function numbersIn(text: string): readonly string[] {
  return [...text.matchAll(/\[(\d{4})\]/g)].map(([, number = '']) => number);
}
