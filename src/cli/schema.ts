import { EXIT } from '../errors.ts';
import { runbookJsonSchema } from '../runbook/schema.ts';
import type { Command } from './commands.ts';

const help = `Usage: runbook schema

Prints the JSON Schema of runbooks. Editors that speak YAML use it for completion and hover texts:
runbook schema > runbook.schema.json, then as the first line of a runbook
# yaml-language-server: $schema=./runbook.schema.json`;

/** `runbook schema`. */
export const schemaCommand: Command = {
  help,
  run: async () => {
    process.stdout.write(`${JSON.stringify(runbookJsonSchema(), null, 2)}\n`);
    return EXIT.ok;
  },
};
