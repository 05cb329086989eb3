import { EXIT, usageError } from '#errors.ts';
import { casesJsonSchema } from '#rehearsal/cases/schema.ts';
import { editorSchema } from '#runbook/schema/editor.ts';
import { libraryJsonSchema } from '#runbook/schema/library.ts';
import type { CommandLine } from '../command-spec.ts';
import { configJsonSchema } from '../config/schema.ts';
import type { schema as spec } from '../specs/runbooks.ts';
import { transcriptJsonSchema } from './transcript/schema.ts';

const SCHEMAS: Readonly<Record<keyof (typeof spec)['options'], () => Record<string, unknown>>> = {
  library: libraryJsonSchema,
  test: casesJsonSchema,
  config: configJsonSchema,
  transcript: transcriptJsonSchema,
};

/** `runbook schema`: prints a JSON Schema. */
export function schema({ options }: CommandLine<typeof spec>): number {
  const [wanted, other] = Object.entries(SCHEMAS).filter(
    ([name]) => options[name as keyof typeof SCHEMAS],
  );
  if (other !== undefined)
    throw usageError(`--${wanted?.[0]} and --${other[0]} exclude each other`);
  const printed = wanted === undefined ? editorSchema() : wanted[1]();
  process.stdout.write(`${JSON.stringify(printed, null, 2)}\n`);
  return EXIT.ok;
}
