import { isPassedOn } from '#safety/effects/shell/variables.ts';

/** Environment variables by name. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Returns the part of an environment that scripts inherit. */
export function shellEnvironment(source: Environment): Record<string, string> {
  // A first-level bash whose stdin is a socket (as Node's pipes are) assumes that a remote shell
  // daemon started it, and reads ~/.bashrc.
  const passed: Record<string, string> = { SHLVL: '1' };
  for (const [name, value] of Object.entries(source))
    if (value !== undefined && isPassedOn(name)) passed[name] = value;
  return passed;
}
