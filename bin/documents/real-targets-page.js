import { PROVEN_FAULTS } from '../../test/support/targets/proven.ts';

const HEAD = `# Faults on real targets

Tests make each of these faults on a real target and solve it with the shipped runbook, to its outcome: they answer its
questions, confirm its gates, and check the database afterwards. The table is made from the declarations of these tests
(\`npm run documents\`). [Targets](targets.md#what-is-tested) says what the targets are.

| target | fault | runbook | the gate offers |
|---|---|---|---|
`;

/** Returns the page with every fault that tests solve on a real target. */
export function realTargetsPage() {
  const lines = Object.values(PROVEN_FAULTS).map(
    ({ target, fault, runbook, command }) =>
      `| ${target} | ${fault} | [${runbook}](../runbooks/${runbook}.md) | ${command === undefined ? 'nothing: by hand' : `\`${command}\``} |\n`,
  );
  return HEAD + lines.join('');
}
