import { spawn } from 'node:child_process';
import { once } from 'node:events';

// The steps as a loop over Node's own `spawn`: each command in a bash of its own, and a branch.
const steps = Number(process.argv[2]);
for (let i = 1; i <= steps; i += 1) {
  const bash = spawn('bash', ['-c', `echo step-${i}`], { stdio: ['ignore', 'pipe', 'pipe'] });
  let printed = '';
  bash.stdout.on('data', (chunk) => {
    printed += chunk;
  });
  await once(bash, 'close');
  if (printed !== `step-${i}\n`) process.exit(1);
  process.stdout.write(printed);
}
