import { literalsOf } from '#runbook/checks/literal-secrets.ts';
import { innerRunbooks } from '#runbook/inner-runbooks.ts';
import type { Runbook } from '#runbook/model/runbook.ts';
import type { Json } from '#runbook/model/value.ts';
import type { Source } from '#runbook/yaml/source.ts';
import { createRedactor } from '#safety/redaction/redactor.ts';

/** Returns what is shown of a runbook, such as its document or its graph, without the secrets in its text. */
export function shownPart<T extends object>(part: T, runbook: Runbook): T {
  const runbooks = [runbook, ...innerRunbooks(runbook)];
  const secrets = runbooks.flatMap(({ literals = [] }) => literals);
  const values = runbooks.flatMap(({ name, steps }) => [name, ...steps.map(({ id }) => id)]);
  const json: Json = JSON.parse(JSON.stringify(part));
  const shown: unknown = createRedactor(secrets, { values }).json(json);
  return shown as T;
}

/** Returns a text of a runbook as it is shown: without the secrets in it. */
export function shownSource(source: Source, text = source.text): string {
  const secrets = literalsOf(source).flatMap(({ name, values }) =>
    values.map((value) => ({ name, value })),
  );
  return createRedactor(secrets).text(text);
}
