import { formatDuration } from '../runbook/duration.ts';
import type {
  ActionStep,
  Body,
  Clause,
  InputDefinition,
  Runbook,
  Step,
} from '../runbook/runbook.ts';

const PHASES = { diagnose: 'Diagnose', fix: 'Fix', verify: 'Verify' } as const;

/** Returns a runbook as a Markdown document that a person can follow by hand. */
export function runbookDocument(runbook: Runbook): string {
  const { title, severity, summary, impact, inputs, prerequisites, prevention, related } = runbook;
  const sections = [
    `# ${title}`,
    `**${severity}** · \`runbook run ${runbook.name}\``,
    summary,
    ...(impact === undefined ? [] : ['## Impact', impact]),
    ...list(
      '## Before you start',
      prerequisites.map(({ text }) => text),
    ),
    ...(inputs.length === 0 ? [] : ['## Inputs', inputs.map(inputLine).join('\n')]),
    ...stepSections(runbook.steps),
    ...list('## Prevention', prevention),
    ...(related.length === 0
      ? []
      : ['## Related', related.map((name) => `\`${name}\``).join(', ')]),
  ];
  return `${sections.join('\n\n')}\n`;
}

function list(heading: string, items: readonly string[]): readonly string[] {
  return items.length === 0 ? [] : [heading, items.map((item) => `- ${item}`).join('\n')];
}

function inputLine({
  name,
  description,
  env,
  secret,
  required,
  default: value,
}: InputDefinition): string {
  const facts = [
    ...(secret ? ['secret'] : []),
    ...(env === undefined ? [] : [`from \`${env}\``]),
    ...(value === null ? [] : [`\`${value}\` when left out`]),
    ...(required || value !== null ? [] : ['optional']),
  ];
  const about = facts.length === 0 ? '' : ` (${facts.join(', ')})`;
  return `- \`${name}\`${about}${description === undefined ? '' : `: ${description}`}`;
}

function stepSections(steps: readonly Step[]): readonly string[] {
  return steps.flatMap((step, index) => {
    const opens = steps[index - 1]?.phase !== step.phase;
    return [...(opens ? [`## ${PHASES[step.phase]}`] : []), ...stepSection(step)];
  });
}

function stepSection(step: Step): readonly string[] {
  return [
    `### ${step.title} (\`${step.id}\`)`,
    ...(step.why === undefined ? [] : [step.why]),
    ...(step.if === undefined ? [] : [`Only if \`${step.if.text}\`.`]),
    ...doing(step),
    ...(step.next.length === 0 ? [] : [step.next.map(clauseLine).join('\n')]),
  ];
}

function doing({ does }: Step): readonly string[] {
  switch (does.kind) {
    case 'sql':
    case 'shell':
    case 'probe':
      return acting(does);
    case 'ask':
      return [
        `> ${does.question.text}`,
        ...(does.choices.length === 0 ? [] : [`Answers: ${does.choices.join(' · ')}`]),
      ];
    case 'manual':
      return [does.instruction.text];
    case 'runbook':
      return [`Run \`${does.runbook.name}\`.`];
    case 'parallel':
      return does.steps.flatMap(stepSection);
    case 'wait':
      return [`Wait ${formatDuration(does.ms)}.`];
    case 'finish':
      return [`Ends **${does.outcome}**: ${does.summary.text}`];
  }
}

function acting(does: ActionStep): readonly string[] {
  const { preview, verify, confirm, undo, effect, expect } = does;
  const gate =
    confirm.level === 'type'
      ? `type \`${confirm.phrase?.text ?? 'the step’s id'}\` to confirm`
      : 'confirm with a key';
  return [
    effect === 'read' ? 'Read-only.' : `**${effect.toUpperCase()}**: ${gate}.`,
    ...(confirm.warning === undefined ? [] : [`Warning: ${confirm.warning.text}`]),
    ...(preview === undefined
      ? []
      : [
          `First look at what it would touch (at most ${preview.maxRows} rows):`,
          code(preview.body),
        ]),
    ...(preview === undefined ? [] : ['Then:']),
    code(does.body),
    ...(expect === undefined ? [] : [`Expect \`${expect.text}\`.`]),
    ...(verify === undefined
      ? []
      : [
          `Then check, for up to ${formatDuration(verify.withinMs)}, until \`${verify.until.text}\`:`,
          code(verify.body),
        ]),
    ...(undo === undefined ? [] : [undo.kind === 'none' ? `Undo: ${undo.reason}` : 'Undo:']),
  ];
}

function code(body: Body): string {
  if (body.kind === 'shell') return fence('sh', body.script.text);
  if (body.kind === 'probe') return fence('text', `probe ${body.probe}`);
  return Object.values(body.texts)
    .map((template) => fence('sql', template.text))
    .join('\n\n');
}

function fence(language: string, text: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([ticks]) => ticks.length));
  const ticks = '`'.repeat(longest + 1);
  return `${ticks}${language}\n${text.trimEnd()}\n${ticks}`;
}

function clauseLine(clause: Clause): string {
  const condition = clause.if === undefined ? 'Otherwise' : `If \`${clause.if.text}\``;
  const goto = clause.goto === undefined ? 'go on' : `go to \`${clause.goto}\``;
  const finding = clause.finding === undefined ? '' : `: ${clause.finding.text}`;
  return `- ${condition}, ${goto}${finding}`;
}
