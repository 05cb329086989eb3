import { EXIT, usageError } from '../errors.ts';
import { casesJsonSchema } from '../rehearsal/case-schema.ts';
import { editorSchema } from '../runbook/editor-schema.ts';
import { readArguments } from './arguments.ts';
import type { Command } from './commands.ts';
import { configJsonSchema } from './config/schema.ts';

const help = `Usage: runbook schema [--test | --config]

Prints the JSON Schema of runbooks. Editors that speak YAML use it for completion and hover texts:
runbook schema > runbook.schema.json, then as the first line of a runbook
# yaml-language-server: $schema=./runbook.schema.json

      --test     the schema of the cases in NAME.test.yaml instead
      --config   the schema of config files instead`;

/** `runbook schema`. */
export const schemaCommand: Command = {
  help,
  run: async (args) => {
    const { values } = readArguments(args, {
      test: { type: 'boolean', default: false },
      config: { type: 'boolean', default: false },
    });
    if (values.test && values.config) throw usageError('one schema at a time');
    const schema = values.test
      ? casesJsonSchema()
      : values.config
        ? configJsonSchema()
        : editorSchema();
    process.stdout.write(`${JSON.stringify(schema, null, 2)}\n`);
    return EXIT.ok;
  },
};
