import { positionAt } from '#runbook/yaml/source.ts';
import type { CheckedConfig, Configuration } from '../../config/configuration.ts';
import { PROJECT_FILE, shownPath, userConfigPath } from '../../config/files.ts';
import { quotableMessage } from '../../config/quotable.ts';
import { commandsOf, isTrusted } from '../../config/trust.ts';
import { type Check, Section } from './check.ts';

/** Returns the checks of the config files. */
export function configChecks({ files, environments }: Configuration): readonly Check[] {
  const section = new Section('configuration');
  for (const file of files) fileChecks(file, section);
  if (files.length === 0)
    section.ok(
      `no config file; ${PROJECT_FILE} or ${shownPath(userConfigPath())} defines environments`,
    );
  else section.ok(`environments: ${[...environments.keys()].join(', ') || 'none'}`);
  return section.checks;
}

function fileChecks({ path, file, config, refused, problems }: CheckedConfig, section: Section) {
  if (file === undefined || refused !== undefined) {
    section.problem(`${path} ${refused?.message ?? 'cannot be read'}`, refused?.hint);
    return;
  }
  const kind = file.kind === 'project' ? 'of this project' : 'of this user';
  if (config !== undefined) section.ok(`${path}, ${kind}`);
  for (const { severity, message, hint, span } of problems) {
    const { line, column } = positionAt(file.source, span.start);
    const text = `${path}:${line}:${column}: ${quotableMessage(message)}`;
    if (severity === 'error') section.problem(text, hint);
    else section.warning(text, hint);
  }
  if (config !== undefined && commandsOf(config).length > 0 && !isTrusted(config))
    section.problem(
      `the commands in ${path} are not trusted, or have changed`,
      'review them with runbook trust',
    );
}
