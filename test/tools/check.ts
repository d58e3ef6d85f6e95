import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';

// `npm test`: types and lint are checked while the tests run, which leave a core idle whenever they wait for something.
// The tests are shown as they run; what the others have to say comes after them. Fails when any of the three does.

interface Outcome {
  readonly script: string;
  readonly passed: boolean;
  readonly output: string;
}

async function runScript(script: string, stdio: 'inherit' | 'pipe'): Promise<Outcome> {
  const child = spawn('npm', ['run', '--silent', script], { stdio: ['ignore', stdio, stdio] });
  const ended = new Promise<number | null>((resolve, reject) => child.on('close', resolve).on('error', reject));
  const written = [child.stdout, child.stderr].map((stream) => (stream === null ? '' : text(stream)));
  const output = (await Promise.all(written)).join('');
  return { script, passed: (await ended) === 0, output };
}

const tests = runScript('test:unit', 'inherit');
const checks = Promise.all([runScript('types', 'pipe'), runScript('lint', 'pipe')]);
const outcomes = [await tests, ...(await checks)];

for (const { script, passed, output } of outcomes) {
  process.stdout.write(passed ? `${script}: passed\n` : `${output}\n${script}: FAILED\n`);
}
process.exitCode = outcomes.every(({ passed }) => passed) ? 0 : 1;
