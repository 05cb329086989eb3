import { EXIT, usageError } from '#errors.ts';
import { casesJsonSchema } from '#rehearsal/cases/schema.ts';
import { editorSchema } from '#runbook/schema/editor.ts';
import { readArguments } from '../arguments.ts';
import type { Command } from '../commands.ts';
import { configJsonSchema } from '../config/schema.ts';
import { transcriptJsonSchema } from './transcript/schema.ts';

const help = `Usage: runbook schema [--test | --config | --transcript]

Prints the JSON Schema of runbooks. Editors that speak YAML use it for completion and hover texts:
runbook schema > runbook.schema.json, then as the first line of a runbook
# yaml-language-server: $schema=./runbook.schema.json

      --test         the schema of the cases in NAME.test.yaml instead
      --config       the schema of config files instead
      --transcript   the schema of what runbook transcript --format json prints instead`;

type Wanted = 'test' | 'config' | 'transcript';

const SCHEMAS: Readonly<Record<Wanted, () => Record<string, unknown>>> = {
  test: casesJsonSchema,
  config: configJsonSchema,
  transcript: transcriptJsonSchema,
};

/** `runbook schema`. */
export const schemaCommand: Command = {
  help,
  run: async (args) => {
    const { values } = readArguments(args, {
      test: { type: 'boolean', default: false },
      config: { type: 'boolean', default: false },
      transcript: { type: 'boolean', default: false },
    });
    const [wanted, other] = Object.keys(SCHEMAS).filter((name) => values[name as Wanted]);
    if (other !== undefined) throw usageError('one schema at a time');
    const schema = wanted === undefined ? editorSchema() : SCHEMAS[wanted as Wanted]();
    process.stdout.write(`${JSON.stringify(schema, null, 2)}\n`);
    return EXIT.ok;
  },
};
