import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';

/** A text with the name of the place it was found in. */
export type Place = readonly [name: string, text: string];

/** Checks that the password of a URL is in none of the texts, in no form it could travel in. */
export function expectNoSecret(url: string, places: readonly Place[]): void {
  const password = decodeURIComponent(new URL(url).password);
  expect(password).toMatch(/[$%@/ ]/);
  // Whatever becomes of its special characters, the start of the password stays as it is.
  for (const form of [...formsOf(password), password.slice(0, 12)])
    for (const [place, text] of places)
      expect({ place, form, leaked: text.includes(form) }).toEqual({ place, form, leaked: false });
}

function formsOf(secret: string): readonly string[] {
  return [
    secret,
    encodeURIComponent(secret),
    encodeURI(secret),
    JSON.stringify(secret).slice(1, -1),
    Buffer.from(secret).toString('hex'),
    ...base64Forms(secret),
  ];
}

/** The middle of a text in base64 depends on what stands before it: there are three ways. */
function base64Forms(secret: string): readonly string[] {
  return [0, 1, 2].flatMap((before) => {
    const padded = Buffer.from(`${'x'.repeat(before)}${secret}`);
    const inner = (text: string) => text.slice(4, Math.floor(padded.length / 3) * 4);
    return [inner(padded.toString('base64')), inner(padded.toString('base64url'))];
  });
}

/** Returns every file under a folder with its content. */
export function filesIn(folder: string): readonly Place[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((file) => statSync(file).isFile())
    .map((file) => [file, readFileSync(file, 'latin1')]);
}
