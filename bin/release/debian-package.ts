import { execFile } from 'node:child_process';
import { copyFile, mkdir, readdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';

const run = promisify(execFile);
const units = fileURLToPath(new URL('debian/', import.meta.url));

/** Debian's names of processors. */
const ARCHITECTURES: Readonly<Record<string, string>> = { x64: 'amd64', arm64: 'arm64' };

type Parts = {
  /** The single file. */
  readonly file: string;
  /** The folder of the package, with its licences. */
  readonly root: string;
  readonly version: string;
  readonly arch: string;
  /** The time of every file, in seconds since 1970. */
  readonly madeAt: number;
  readonly folder: string;
  readonly scratch: string;
};

/** Makes a package for Debian and its relatives in a folder, and returns its file. */
export async function debianPackage(parts: Parts): Promise<string> {
  const { file, root, version, arch, madeAt, folder, scratch } = parts;
  const tree = join(scratch, 'debian');
  const architecture = ARCHITECTURES[arch] ?? arch;
  const put = async (path: string, text: string | Buffer) => {
    await mkdir(dirname(join(tree, path)), { recursive: true });
    await writeFile(join(tree, path), text);
  };
  await mkdir(join(tree, 'usr/bin'), { recursive: true });
  await copyFile(file, join(tree, 'usr/bin/runbook'));
  const said = async (...args: readonly string[]) =>
    (await run(file, [...args], { env: { ...process.env, XDG_CACHE_HOME: scratch } })).stdout;
  await put('usr/share/bash-completion/completions/runbook', await said('completion', 'bash'));
  await put('usr/share/fish/vendor_completions.d/runbook.fish', await said('completion', 'fish'));
  await put('usr/share/man/man1/runbook.1.gz', gzipSync(manual(await said('--help'), version)));
  for (const unit of await readdir(units)) {
    await mkdir(join(tree, 'usr/lib/systemd/system'), { recursive: true });
    await copyFile(join(units, unit), join(tree, 'usr/lib/systemd/system', unit));
  }
  const licences = ['LICENSE', 'dist/third-party-licences.txt'];
  await mkdir(join(tree, 'usr/share/doc/runbook'), { recursive: true });
  for (const [index, name] of ['copyright', 'third-party-licences.txt'].entries())
    await copyFile(join(root, licences[index] ?? ''), join(tree, 'usr/share/doc/runbook', name));
  await put('DEBIAN/control', control(version, architecture));
  const output = join(folder, `runbook_${version}_${architecture}.deb`);
  const env = { ...process.env, SOURCE_DATE_EPOCH: String(madeAt) };
  await run('dpkg-deb', ['--build', '--root-owner-group', tree, output], { env });
  return output;
}

function control(version: string, architecture: string): string {
  return `Package: runbook
Version: ${version}
Architecture: ${architecture}
Maintainer: the authors of runbook
Section: admin
Priority: optional
Depends: libc6 (>= 2.28), libstdc++6, bash
Suggests: postgresql-client, default-mysql-client
Description: incident runbooks for the person on call
 YAML in, gated steps in a terminal, a transcript out. With a library for
 connection incidents on PostgreSQL, MySQL and MariaDB.
`;
}

/** Returns the help of the command as a manual page. */
function manual(help: string, version: string): string {
  const escaped = help
    .replaceAll('\\', '\\e')
    .replaceAll(/^(?=[.'])/gm, '\\&')
    .replaceAll('-', '\\-');
  return `.TH RUNBOOK 1 "" "runbook ${version}"
.SH NAME
runbook \\- incident runbooks for the person on call
.SH DESCRIPTION
.nf
${escaped}
.fi
`;
}
