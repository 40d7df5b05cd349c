import { runNode } from './child.ts';
import { isBuildFresh } from './freshness.ts';
import { minute } from './gates.ts';
import { tools } from './paths.ts';

/**
 * Builds dist/ unless it is younger than everything it is made of. Says nothing: others print their lines.
 * @throws with what the build printed, if it failed
 */
export async function ensureBuild(): Promise<void> {
  if (isBuildFresh()) return;
  const { code, transcript } = await runNode([tools.vite, 'build', '--logLevel', 'warn'], { limitMs: 3 * minute });
  if (code !== 0) throw new Error(`the page was not built:\n${transcript}`);
}
