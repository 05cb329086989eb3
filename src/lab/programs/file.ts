/** Returns where a program of the lab stands: beside this file as source, beside the bundle as `lab-NAME.js`. */
export function programFile(name: string): URL {
  const source = import.meta.url.endsWith('.ts');
  return new URL(source ? `./${name}.ts` : `./lab-${name}.js`, import.meta.url);
}
