import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ConfigOperator } from '../../support/config-operator.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const RUNBOOK = (name: string, title: string) =>
  `name: ${name}\ntitle: ${title}\nsummary: S.\nsteps:\n  - id: done\n    finish: { outcome: resolved, summary: Done. }\n`;

/** A bare repository with a folder of runbooks, and somebody who works in it. */
class Repository {
  readonly url: string;
  readonly #work = temporaryFolder();
  readonly #bare = join(temporaryFolder(), 'books.git');

  constructor() {
    execFileSync('git', ['init', '--quiet', '--bare', this.#bare]);
    this.#git('init', '--quiet', '--initial-branch=main');
    this.url = `file://${this.#bare}`;
  }

  #git(...args: readonly string[]): string {
    const author = ['-c', 'user.name=kim', '-c', 'user.email=kim@example.com'];
    return execFileSync('git', [...author, ...args], { cwd: this.#work, encoding: 'utf8' }).trim();
  }

  /** Commits a runbook with a title, and returns the commit. */
  commit(title: string): string {
    mkdirSync(join(this.#work, 'books'), { recursive: true });
    writeFileSync(join(this.#work, 'books/fetched.yaml'), RUNBOOK('fetched', title));
    this.#git('add', '.');
    this.#git('commit', '--quiet', '--message', title);
    this.#git('push', '--quiet', this.#bare, 'HEAD:main');
    return this.#git('rev-parse', 'HEAD');
  }

  /** Adds a link out of the repository. */
  link(): void {
    mkdirSync(join(this.#work, 'books'), { recursive: true });
    symlinkSync('/etc/hostname', join(this.#work, 'books/linked.yaml'));
  }

  tag(name: string): void {
    this.#git('tag', '--force', name);
    this.#git('push', '--quiet', '--force', this.#bare, `refs/tags/${name}`);
  }

  /** Makes the repository unreachable. */
  remove(): void {
    rmSync(this.#bare, { recursive: true });
  }
}

function operatorWith(url: string, version: string): ConfigOperator {
  const kim = new ConfigOperator();
  configure(kim, url, version);
  return kim;
}

function configure(kim: ConfigOperator, url: string, version: string): void {
  const text = `runbooks: [{ git: "${url}", ${version}, folder: books }]\n`;
  kim.write('.config/runbook/config.yaml', text);
}

const titleOf = async (kim: ConfigOperator) => {
  const { stdout } = await kim.run(['list', '--json']);
  const all = JSON.parse(stdout) as readonly { readonly name: string; readonly title: string }[];
  return all.find(({ name }) => name === 'fetched')?.title;
};

describe('runbooks from git', () => {
  test('are found once they were fetched, also when the repository is gone', async () => {
    const books = new Repository();
    const commit = books.commit('First');
    const kim = operatorWith(books.url, `commit: ${commit}`);
    const missing = await kim.run(['list']);
    expect(missing.stderr).toContain(
      `at the commit ${commit.slice(0, 12)} are not on this machine`,
    );
    expect(missing.stderr).toContain('runbook fetch');
    expect(await titleOf(kim)).toBeUndefined();
    const fetched = await kim.run(['fetch']);
    expect([fetched.code, fetched.stderr]).toEqual([0, '']);
    expect(fetched.stdout).toContain(commit.slice(0, 12));
    books.remove();
    expect(await titleOf(kim)).toBe('First');
    expect((await kim.run(['fetch'])).code).toBe(0);
    const run = await kim.run(['run', 'fetched', '--auto', '--plain']);
    expect([run.code, run.stderr]).toEqual([0, '']);
  });

  test('of a commit stay as they are when the branch moves', async () => {
    const books = new Repository();
    const first = books.commit('First');
    books.commit('Second');
    const kim = operatorWith(books.url, `commit: ${first}`);
    expect((await kim.run(['fetch'])).code).toBe(0);
    expect(await titleOf(kim)).toBe('First');
  });

  test('of a tag that moved are fetched again, and it is said', async () => {
    const books = new Repository();
    const first = books.commit('First');
    books.tag('v1');
    const kim = operatorWith(books.url, 'tag: v1');
    expect((await kim.run(['fetch'])).stdout).toContain(`${first.slice(0, 12)}\n`);
    const second = books.commit('Second');
    books.tag('v1');
    expect(await titleOf(kim)).toBe('First');
    const again = await kim.run(['fetch']);
    expect(again.stdout).toContain(`${second.slice(0, 12)}, before ${first.slice(0, 12)}`);
    expect(await titleOf(kim)).toBe('Second');
    books.remove();
    const failed = await kim.run(['fetch']);
    expect([failed.code, await titleOf(kim)]).toEqual([5, 'Second']);
  });

  test('of a branch or a commit that there is not are refused', async () => {
    const books = new Repository();
    books.commit('First');
    const kim = operatorWith(books.url, 'tag: main');
    const branch = await kim.run(['fetch']);
    expect([branch.code, branch.stderr]).toEqual([
      5,
      expect.stringContaining('there is no tag "main"'),
    ]);
    expect(branch.stderr).toContain('a branch is not a fixed version');
    configure(kim, books.url, `commit: ${'f'.repeat(40)}`);
    expect((await kim.run(['fetch'])).code).toBe(5);
    expect(await titleOf(kim)).toBeUndefined();
  });

  test('never lead out of the repository', async () => {
    const books = new Repository();
    books.link();
    const kim = operatorWith(books.url, `commit: ${books.commit('First')}`);
    await kim.run(['fetch']);
    const { stdout } = await kim.run(['show', 'linked', '--source']);
    expect(stdout).toBe('/etc/hostname');
  });

  test.each([
    ['branch: main', 'unknown key "branch"'],
    ['folder: x', 'is not fixed'],
    ['commit: abc', 'is not a value of commit'],
    [`commit: ${'a'.repeat(40)}, tag: v1`, 'both commit and tag'],
    ['tag: --upload-pack=x', 'is not a value of tag'],
    ['tag: v1, folder: ../..', 'is not a value of folder'],
  ])('%s is not a version', async (version, message) => {
    const kim = new ConfigOperator();
    kim.write('.config/runbook/config.yaml', `runbooks: [{ git: "file:///x", ${version} }]\n`);
    const { code, stderr } = await kim.run(['validate']);
    expect([code, stderr]).toEqual([2, expect.stringContaining(message)]);
  });

  test.each(['ext::sh -c x', '--upload-pack=x', 'http://example.com/x', '/tmp/x'])(
    '%s is not a repository',
    async (url) => {
      const { stderr } = await operatorWith(url, 'tag: v1').run(['validate']);
      expect(stderr).toContain('is not a value of git');
    },
  );

  test('a password in the address is refused, and not shown', async () => {
    const { stderr } = await operatorWith('https://kim:hunter2@example.com/x', 'tag: v1').run([
      'list',
    ]);
    expect(stderr).toContain('this address has a password');
    expect(stderr).not.toContain('hunter2');
  });
});
