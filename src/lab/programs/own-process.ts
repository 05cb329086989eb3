import { execPath, getBuiltinModule } from 'node:process';

/** The words of a command line: a program, then its arguments. */
export type CommandWords = readonly [program: string, ...args: string[]];

/** A single file is Node and this program at once; this word asks it for Node alone. */
const AS_NODE = '--as-node';

const isSingleFile = getBuiltinModule('node:sea')?.isSea() === true;

function node(...args: readonly string[]): CommandWords {
  return isSingleFile ? [execPath, AS_NODE, ...args] : [execPath, ...args];
}

/** Returns the command line that starts a JavaScript file of this program. */
export function ownProgram(file: string, ...args: readonly string[]): CommandWords {
  return node(file, ...args);
}

/** Returns the command line that runs a script, as `node -e` does. */
export function ownScript(script: string, ...args: readonly string[]): CommandWords {
  return node('-e', script, ...args);
}

/** Returns the command line that starts this program again, with other arguments. */
export function ownCommand(...args: readonly string[]): CommandWords {
  return node(process.argv[1] ?? '', ...args);
}
