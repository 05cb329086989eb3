import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';

const PAGE = resolve(import.meta.dirname, '../../docs/reference/targets.md');
const BETWEEN = /(<!-- npm run proof:kubernetes writes this\. -->\n)[\s\S]*?(<!-- end -->)/;

/** Writes what was tried on a real Kubernetes into its page, between the marks that it has for this. */
export function writeProof(versions: string, rows: readonly (readonly string[])[]): void {
  const head = ['tried', 'with', 'last steps', 'end', 'time'];
  const table = [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`);
  const day = new Date().toISOString().slice(0, 10);
  const text = `\nLast on ${day}, with ${versions}:\n\n${table.join('\n')}\n\n`;
  const page = readFileSync(PAGE, 'utf8');
  writeFileSync(
    PAGE,
    page.replace(BETWEEN, (_all, begin, end) => `${begin}${text}${end}`),
  );
}
