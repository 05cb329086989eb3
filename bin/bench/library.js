import { copyFile, cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const shipped = (file) => fileURLToPath(new URL(`../../runbooks/${file}`, import.meta.url));

/** Writes `count` runbooks, each as long as a shipped one, into a folder of their own, and returns its path. */
export async function writeLibrary(home, count) {
  const folder = join(home, 'library');
  await cp(shipped('lib'), join(folder, 'lib'), { recursive: true });
  const text = await readFile(shipped('pool-exhausted.yaml'), 'utf8');
  for (let index = 1; index <= count; index += 1) {
    const name = `pool-exhausted-${index}`;
    await writeFile(join(folder, `${name}.yaml`), text.replace(/^name: .*$/m, `name: ${name}`));
  }
  return folder;
}

/** Writes a shipped runbook and its cases, `times` over, and returns the runbook's path and how many there are. */
export async function writeCases(home, times) {
  const folder = join(home, 'cases');
  await cp(shipped('lib'), join(folder, 'lib'), { recursive: true });
  const runbook = join(folder, 'pool-exhausted.yaml');
  await copyFile(shipped('pool-exhausted.yaml'), runbook);
  const text = await readFile(shipped('pool-exhausted.test.yaml'), 'utf8');
  const [head, cases] = text.split(/^cases:\n/m);
  const copies = Array.from({ length: times }, (_, copy) =>
    cases.replaceAll(/^( {2}- name: )(.*)$/gm, `$1${copy} $2`),
  );
  await writeFile(join(folder, 'pool-exhausted.test.yaml'), `${head}cases:\n${copies.join('\n')}`);
  return { runbook, count: times * (cases.match(/^ {2}- name: /gm)?.length ?? 0) };
}
