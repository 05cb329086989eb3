import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { COMMANDS, type Command, findCommand } from '#cli/commands.ts';
import { EXIT } from '#errors.ts';

const page = readFileSync(new URL('../../docs/reference/commands.md', import.meta.url), 'utf8');
const operate = fileURLToPath(new URL('../../docs/operate/', import.meta.url));
const guides = readdirSync(operate)
  .filter((name) => name.endsWith('.md'))
  .map((name) => readFileSync(join(operate, name), 'utf8'))
  .join('\n');
const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
const sources = fileURLToPath(new URL('../../src', import.meta.url));

function cellsUnder(heading: string): readonly (readonly string[])[] {
  const section = page.split(`## ${heading}\n`)[1]?.split('\n## ')[0] ?? '';
  return section
    .split('\n')
    .filter((line) => line.startsWith('| ') && !line.startsWith('|---'))
    .slice(1)
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
}

/** Returns every call of the command in the shell blocks of a page, comments left out. */
function callsIn(text: string): readonly (readonly string[])[] {
  const blocks = [...text.matchAll(/^```sh\n(.*?)^```/gms)].map(([, block = '']) => block);
  return blocks
    .flatMap((block) => block.split('\n'))
    .map((line) => line.replace(/ +#.*/, '').replace(/^[A-Z_]+=\S+ /, ''))
    .filter((line) => /^runbook\b/.test(line))
    .map((line) => line.split(/\s+/).slice(1));
}

/** Returns the options of a command and of its subcommands, each once. */
function optionsOf({ spec, subcommands = {} }: Command): readonly string[] {
  const own = Object.keys(spec.options).map((name) => `--${name}`);
  return [...new Set([...own, ...Object.values(subcommands).flatMap(optionsOf)])];
}

function shortOf({ spec }: Command): readonly string[] {
  return Object.values(spec.options).flatMap(({ short }) =>
    short === undefined ? [] : [`-${short}`],
  );
}

describe('the pages for operators', () => {
  test('has every exit code, and no other', () => {
    const documented = cellsUnder('Exit codes').map(([code]) => Number(code));
    expect(documented).toEqual(Object.values(EXIT));
  });

  test('has every command with its options, and no other', () => {
    const documented = new Map(
      cellsUnder('Commands').map(([command = '', says = '']) => [command.split(' ')[1], says]),
    );
    expect([...documented.keys()].map((name) => name?.replace('`', ''))).toEqual(
      Object.keys(COMMANDS),
    );
    for (const [name, command] of Object.entries(COMMANDS)) {
      const options = optionsOf(command);
      const says = documented.get(name) ?? documented.get(`${name}\``) ?? '';
      expect([name, [...says.matchAll(/`(--[a-z-]+)`/g)].map(([, it]) => it)]).toEqual([
        name,
        options,
      ]);
    }
  });

  test.each([
    ['docs/operate', guides, 30],
    ['README.md', readme, 4],
  ])('is typed as %s says: the commands and their options exist', async (_, text, atLeast) => {
    const calls = callsIn(text);
    expect(calls.length).toBeGreaterThanOrEqual(atLeast);
    const unknown: string[] = [];
    for (const words of calls) {
      if (words.length === 0) continue;
      const found = findCommand(words);
      const options = words.filter((word) => /^--?[a-z]/.test(word));
      const known =
        found === undefined ? [] : [...optionsOf(found.command), ...shortOf(found.command)];
      if (
        found === undefined ||
        options.some((option) => !known.includes(option.replace(/=.*/, '')))
      )
        unknown.push(words.join(' '));
    }
    expect(unknown).toEqual([]);
  });

  test('names only variables that the program reads', () => {
    const names = cellsUnder('Environment').flatMap(([cell = '']) =>
      [...cell.matchAll(/`(\w+)`/g)].map(([, name = '']) => name),
    );
    const unread = names.filter((name) => {
      // Node itself looks at it when a stream is asked for its colours.
      if (name === 'NO_COLOR') return false;
      try {
        execFileSync('grep', ['-rqE', `env(ironment)?\\.${name}\\b`, sources]);
        return false;
      } catch {
        return true;
      }
    });
    expect(unread).toEqual([]);
  });

  // What the operator writes is in italics on the page.
  test('quote only words that the program or a runbook has', () => {
    const incident = readFileSync(join(operate, 'first-incident.md'), 'utf8');
    const quoted = [...incident.matchAll(/^```text\n(.*?)^```$/gms)].map(([, text = '']) => text);
    const parts = quoted
      .flatMap((text) =>
        text.split(
          /\n|“|”|["():,.✓]|\S*\d\S*|\b(?:(?:to )?(?:kim|lee)|db|shop-web|pool-exhausted)\b/,
        ),
      )
      .map((part) => part.trim())
      .filter((part) => part.split(' ').length > 2 && !incident.includes(`*${part}*`));
    expect(parts.length).toBeGreaterThan(5);
    const said = [sources, fileURLToPath(new URL('../../runbooks', import.meta.url))]
      .flatMap((room) =>
        readdirSync(room, { recursive: true, encoding: 'utf8' })
          .filter((name) => /\.(?:tsx?|yaml)$/.test(name))
          .map((name) => readFileSync(join(room, name), 'utf8')),
      )
      .join('\n')
      .replaceAll(/\s+/g, ' ');
    expect(parts.filter((part) => !said.includes(part))).toEqual([]);
  });
});
