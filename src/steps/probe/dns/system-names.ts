import { readFile } from 'node:fs/promises';

/** Returns the addresses of a name in this machine's hosts file. */
export async function hostsFileAddresses(host: string): Promise<readonly string[]> {
  const lines = await linesOf('/etc/hosts');
  return lines
    .filter(([, ...names]) => names.some((name) => name.toLowerCase() === host.toLowerCase()))
    .map(([address = '']) => address);
}

/** Returns the search domains of this machine. */
export async function searchDomains(): Promise<readonly string[]> {
  const lines = await linesOf('/etc/resolv.conf');
  return (
    lines.findLast(([keyword]) => keyword === 'search' || keyword === 'domain')?.slice(1) ?? []
  );
}

/** Reads the fields of each line of a file, without comments. A missing file is empty. */
async function linesOf(path: string): Promise<readonly (readonly string[])[]> {
  const text = await readFile(path, 'utf8').catch(() => '');
  return text.split('\n').map((line) => line.replace(/#.*/, '').trim().split(/\s+/));
}
