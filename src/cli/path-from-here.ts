import { isAbsolute, relative, resolve, sep } from 'node:path';
import { pathToFileURL } from 'node:url';

/** Returns a path relative to the working folder; outside of it, it stays absolute. */
export function pathFromHere(file: string): string {
  const path = relative(process.cwd(), resolve(file));
  return path === '' || path.startsWith('..') || isAbsolute(path) ? resolve(file) : path;
}

/** Returns the same path as a URI: relative below the working folder, else `file:`. */
export function uriFromHere(file: string): string {
  const path = pathFromHere(file);
  if (isAbsolute(path)) return pathToFileURL(path).href;
  return path.split(sep).map(encodeURIComponent).join('/');
}
