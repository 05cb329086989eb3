import type { Diagnostic } from '#runbook/diagnostic.ts';
import type { Template } from '#runbook/expression/template.ts';
import type { Body, InputDefinition, Runbook } from '#runbook/model/runbook.ts';
import { isOneValue } from '#runbook/model/value-type.ts';
import { broken, type Judged, judged } from './judged.ts';
import { maskPlaceholders } from './mask-placeholders.ts';
import type { EffectParsers } from './parsers.ts';
import { unsure } from './report.ts';
import { inferShell, LONGEST_SCRIPT } from './shell/infer.ts';
import { isUnsafeFolder, isUnsafePath, UNKNOWN_PART } from './shell/paths.ts';
import { type SplicedPlace, splicedPlaces } from './shell/placeholders.ts';
import { shellProblems } from './shell/problems.ts';
import type { ParseShell } from './shell/tree/node.ts';
import { unsetVariables } from './shell/unset-variables.ts';
import { mayBeSet } from './shell/variables.ts';
import { placeholderSpan, spanInFile } from './template-language.ts';

type ShellBody = Extract<Body, { kind: 'shell' }>;

/**
 * Infers the effect of a script with its variables. The value of an input of type `url` cannot be a
 * flag.
 */
export function judgeScript(
  body: ShellBody,
  parsers: EffectParsers,
  inputs: readonly InputDefinition[],
): Judged {
  const { script, env, cwd, stdin, interactive } = body;
  const { shell, postgres } = parsers;
  const whole = spanInFile(script, { start: 0, end: script.text.length });
  if (shell === undefined) return judged([unsure('there is no parser for scripts', whole)]);
  if (script.text.length > LONGEST_SCRIPT)
    return judged([unsure('the script is too long to be judged', whole)]);
  const text = maskPlaceholders(script.text, script.placeholders, 'shell');
  const offsets = script.placeholders.map(({ at }) => at);
  const tree = shell(text);
  const parse: ParseShell = (one) => (one === text ? tree : shell(one));
  const problems = placeProblems(script, splicedPlaces(text, offsets, parse));
  const wrong =
    problems.length > 0 ? problems : syntaxProblems(script, text, { ...parsers, shell: parse });
  if (wrong.length > 0) return broken(wrong);
  const { because } = inferShell(
    text,
    { shell: parse, postgres },
    {
      opaque: script.placeholders.map(({ at, expression }) => ({
        at,
        several: !isOneValue(expression.type),
      })),
      variables: Object.keys(env).filter((name) => !isUrl(env[name], inputs)),
    },
  );
  const steering = Object.entries(env).flatMap(([name, value]) =>
    mayBeSet(name, outlineOf(value))
      ? []
      : [unsure(`the variable ${name} may change what commands do`, value.span)],
  );
  const named =
    stdin !== undefined && 'text' in stdin && outlineOf(stdin).split(/\s+/).some(isUnsafePath)
      ? [unsure('the script may open a device that its input names', stdin.span)]
      : [];
  const folder =
    cwd !== undefined && isUnsafeFolder(outlineOf(cwd))
      ? [unsure('what is opened in this folder may be a device', cwd.span)]
      : [];
  return judged([
    ...steering,
    ...folder,
    ...named,
    ...(interactive ? [unsure('in a terminal of their own, people can do anything', whole)] : []),
    ...because.map((one) => ({ ...one, span: spanInFile(script, one.span) })),
  ]);
}

/** Returns a text with {@link UNKNOWN_PART} for each placeholder. */
function outlineOf({ text, placeholders }: Template): string {
  return placeholders.reduceRight(
    (rest, { at, length }) => rest.slice(0, at) + UNKNOWN_PART + rest.slice(at + length),
    text,
  );
}

function isUrl(value: Template | undefined, inputs: readonly InputDefinition[]): boolean {
  const [placeholder] = value?.placeholders ?? [];
  const text = placeholder?.expression.text;
  return (
    placeholder?.length === value?.text.length &&
    inputs.some(({ name, type }) => type === 'url' && text === `inputs.${name}`)
  );
}

const IN_QUOTES = {
  severity: 'error',
  code: 'placeholder-in-quotes',
  message: 'a placeholder must stand alone as one word or value',
  hint: 'leave the quotes out; in a script, pass it through env: and write "$NAME"',
} as const;

/** Errors for the places where a value does not arrive as its exact text. */
const SPLICED: Readonly<Record<SplicedPlace, Omit<Diagnostic, 'span'>>> = {
  quotes: IN_QUOTES,
  code: {
    severity: 'error',
    code: 'placeholder-as-code',
    message: 'a shell reads this word once more, as code',
    hint: 'hand it over as an argument: bash -c \'… "$1"\' bash VALUE; for ssh, use a target with ssh:',
  },
  evaluated: {
    severity: 'error',
    code: 'placeholder-as-code',
    message: 'bash evaluates what stands here as code',
    hint: 'compare with [ ] instead of [[ ]] and (( )), or pass it through env:',
  },
};

function placeProblems(
  script: Template,
  places: readonly (SplicedPlace | undefined)[],
): readonly Diagnostic[] {
  return script.placeholders.flatMap((placeholder, index) => {
    const place = places[index];
    return place === undefined
      ? []
      : [{ ...SPLICED[place], span: placeholderSpan(script, placeholder) }];
  });
}

function syntaxProblems(
  script: Template,
  text: string,
  { shell, bashReads }: EffectParsers,
): readonly Diagnostic[] {
  const problems = shell === undefined ? [] : shellProblems(text, shell);
  if (problems.length === 0 || bashReads?.(text) === true) return [];
  return problems.map(({ message, span }) => ({
    severity: 'error',
    code: 'shell-syntax',
    message,
    span: spanInFile(script, span),
    hint: 'bash would stop here; look for a quote, a bracket or a keyword that is not closed',
  }));
}

/**
 * Returns a warning for each variable that nothing sets before a script of this machine reads it.
 * Elsewhere, the container or the login may set it.
 */
export function unsetVariableWarnings(
  body: ShellBody,
  { inputs, targets }: Pick<Runbook, 'inputs' | 'targets'>,
  { shell }: EffectParsers,
): readonly Diagnostic[] {
  if (shell === undefined || body.place !== undefined) return [];
  const { script, env, target } = body;
  const isElsewhere = targets.some(({ name, kind }) => name === target && kind !== 'local');
  if (isElsewhere || script.text.length > LONGEST_SCRIPT) return [];
  const text = maskPlaceholders(script.text, script.placeholders, 'shell');
  return unsetVariables(text, shell, Object.keys(env)).map(({ name, span }) => {
    const input = inputs.find((one) => one.name === name.toLowerCase())?.name;
    return {
      severity: 'warning',
      code: 'unset-variable',
      message: `nothing sets $${name}, so the script stops there`,
      span: spanInFile(script, span),
      hint:
        input === undefined
          ? `pass it through env:, or write \${${name}:-} if it may be missing`
          : `add env: { ${name}: "\${{ inputs.${input} }}" }`,
    };
  });
}
