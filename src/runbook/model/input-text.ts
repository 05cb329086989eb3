import { RunbookError, usageError } from '#errors.ts';
import { parseDuration } from '#text/duration.ts';
import type { InputDefinition } from './runbook.ts';
import type { Value } from './value.ts';

/** Parses an input's text; throws a usage error if it has the wrong type. */
export function parseInput(
  definition: Pick<InputDefinition, 'name' | 'type' | 'secret'>,
  text: string,
): Value {
  const { name, type, secret } = definition;
  const wrong = (expected: string): never => {
    const shown = secret ? 'its value' : `"${text}"`;
    throw usageError(`the input "${name}" has to be ${expected}, and ${shown} is not`);
  };
  switch (type) {
    case 'number': {
      const number = Number(text);
      return text.trim() !== '' && Number.isFinite(number) ? number : wrong('a number');
    }
    case 'boolean':
      if (text === 'true' || text === 'false') return text === 'true';
      return wrong('true or false');
    case 'duration':
      return parseDuration(text) === undefined ? wrong('a duration such as 10m') : text.trim();
    case 'url':
      return /^[a-z][a-z0-9+.-]*:/i.test(text.trim())
        ? text.trim()
        : wrong('a URL such as postgres://user@host/database');
    case 'text':
      return text;
  }
}

/** Returns why a text is invalid for an input, or undefined if it is valid. */
export function inputRefusal(
  definition: Parameters<typeof parseInput>[0],
  text: string,
): string | undefined {
  try {
    parseInput(definition, text);
    return undefined;
  } catch (error) {
    if (error instanceof RunbookError) return error.message;
    throw error;
  }
}
