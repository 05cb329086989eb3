/**
 * Returns the location of a program of the lab: next to this file as source, next to the bundle as
 * `lab-NAME.js`.
 */
export function programFile(name: string): URL {
  const source = import.meta.url.endsWith('.ts');
  return new URL(source ? `./${name}.ts` : `./lab-${name}.js`, import.meta.url);
}
