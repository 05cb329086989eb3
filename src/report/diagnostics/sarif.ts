import type { LocatedDiagnostic } from './located.ts';

/** A checked file; `uri` is relative to the reader's location, or absolute. */
export type SarifFile = {
  readonly uri: string;
  readonly diagnostics: readonly LocatedDiagnostic[];
};

/** A kind of problem with its help in Markdown. */
export type SarifRule = { readonly code: string; readonly help: string };

/** Returns a SARIF 2.1.0 log, which code hosts show as annotations of a change. */
export function sarifLog(
  files: readonly SarifFile[],
  rules: readonly SarifRule[],
  version: string,
): string {
  const log = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'runbook', semanticVersion: version, rules: rules.map(ruleOf) } },
        columnKind: 'utf16CodeUnits',
        artifacts: files.map(({ uri }) => ({ location: { uri } })),
        results: files.flatMap(({ uri, diagnostics }, index) =>
          diagnostics.map((diagnostic) => resultOf(diagnostic, { uri, index }, rules)),
        ),
      },
    ],
  };
  return JSON.stringify(log, null, 2);
}

function ruleOf({ code, help }: SarifRule) {
  const paragraph = help.split('\n\n')[0]?.replaceAll(/\s+/g, ' ').trim() ?? '';
  const description = paragraph === '' ? code : paragraph;
  return {
    id: code,
    shortDescription: { text: description.split(/(?<=\.) /)[0] ?? code },
    fullDescription: { text: description },
    help: { text: help === '' ? code : help, markdown: help === '' ? code : help },
  };
}

function resultOf(
  { severity, code, message, hint, ...place }: LocatedDiagnostic,
  artifactLocation: { readonly uri: string; readonly index: number },
  rules: readonly SarifRule[],
) {
  const { line, column, endLine, endColumn } = place;
  return {
    ruleId: code,
    ruleIndex: rules.findIndex((rule) => rule.code === code),
    level: severity,
    message: { text: hint === null ? message : `${message}: ${hint}` },
    locations: [
      {
        physicalLocation: {
          artifactLocation,
          region: { startLine: line, startColumn: column, endLine, endColumn },
        },
      },
    ],
  };
}
