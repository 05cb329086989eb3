import { createConnection } from 'vscode-languageserver/node';
import type { CommandLine } from '../../command-spec.ts';
import type { lsp as spec } from '../../specs/runbooks.ts';
import { serve } from './server.ts';

/** `runbook lsp`: answers an editor on standard input and output, until it ends the session. */
export async function lsp({ options }: CommandLine<typeof spec>): Promise<number> {
  serve(createConnection(process.stdin, process.stdout), options.dir);
  // The connection ends the process: with 0 after a shutdown, with 1 if the editor is gone.
  return await new Promise(() => {});
}
