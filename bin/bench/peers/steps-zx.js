import { $ } from 'zx/core';

// The steps as a loop over zx: each command in a bash of its own, and a branch.
const steps = Number(process.argv[2]);
const bash = $({ quiet: true });
for (let i = 1; i <= steps; i += 1) {
  const { stdout } = await bash`echo step-${i}`;
  if (stdout !== `step-${i}\n`) process.exit(1);
  process.stdout.write(stdout);
}
