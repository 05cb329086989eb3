import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** A script that simulates an action outside the engine's reach. */
export type ByHandScript = { readonly name: string; readonly title: string };

/** Sends its word to the socket and prints the reply, which starts with `ok` or `failed`. */
const ASK = `
const [door, word] = process.argv.slice(1);
let reply = "";
const caller = require("node:net").connect(door, () => caller.end(word));
caller.setEncoding("utf8").on("data", (part) => (reply += part));
caller.on("error", () => {
  console.error("the drill is over");
  process.exitCode = 1;
});
caller.on("end", () => {
  const [verdict, ...words] = reply.split(" ");
  console.log(words.join(" "));
  process.exitCode = verdict === "ok" ? 0 : 1;
});`;

/** Writes an executable script for each action. Returns the directory of the scripts. */
export async function writeByHandScripts(
  home: string,
  door: string,
  scripts: readonly ByHandScript[],
): Promise<string> {
  const folder = join(home, 'bin');
  await mkdir(folder, { recursive: true });
  for (const { name, title } of scripts) {
    const words = [process.execPath, '-e', ASK, door, name].map(quoted).join(' ');
    await writeFile(join(folder, name), `#!/bin/sh\n# ${title}\nexec ${words}\n`, { mode: 0o700 });
  }
  return folder;
}

function quoted(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}
