import { readFile } from 'node:fs/promises';

/** Returns the addresses that this machine's hosts file has for a name. */
export async function hostsFileAddresses(host: string): Promise<readonly string[]> {
  const lines = await linesOf('/etc/hosts');
  return lines
    .filter(([, ...names]) => names.some((name) => name.toLowerCase() === host.toLowerCase()))
    .map(([address = '']) => address);
}

/** Returns the domains this machine appends to short names. */
export async function searchDomains(): Promise<readonly string[]> {
  const lines = await linesOf('/etc/resolv.conf');
  return (
    lines.findLast(([keyword]) => keyword === 'search' || keyword === 'domain')?.slice(1) ?? []
  );
}

/** A system without the file simply has nothing in it. */
async function linesOf(path: string): Promise<readonly (readonly string[])[]> {
  const text = await readFile(path, 'utf8').catch(() => '');
  return text.split('\n').map((line) => line.replace(/#.*/, '').trim().split(/\s+/));
}
