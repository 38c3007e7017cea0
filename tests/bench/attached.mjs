// What it costs to be debugged without stopping: each kernel runs plain, and under `refscope dap` with a breakpoint on a line
// that is never reached; the two take turns. The user time of the adapter counts as the debuggee's.
// Usage: run_debug [--runs N] [KERNEL...].
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { geometricMean, median, timed } from './timed.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const refscope = process.env.REFSCOPE ?? join(here, '../../build/release/refscope');
const kKernels = { recursion: 31, integer_loop: 1_500_000, attributes: 25_000, float_lists: 190, object_churn: 1500 };

const { values, positionals } = parseArgs({ allowPositionals: true, options: { runs: { type: 'string', default: '7' } } });
const runs = Number(values.runs);
if (!existsSync(refscope)) {
  console.error(`there is no ${refscope}: build it with ./dev build release`);
  process.exit(1);
}

const ratios = [];
let wrong = 0;
console.log(`${'kernel'.padEnd(16)}${'plain'.padStart(10)}${'attached'.padStart(12)}${'times'.padStart(9)}`);
for (const [name, size] of Object.entries(kKernels)) {
  if (positionals.length > 0 && !positionals.includes(name)) continue;
  const program = join(here, 'kernels', `${name}.py`);
  const times = { plain: [], attached: [] };
  let problem;
  for (let i = 0; i < runs && problem === undefined; i++) {
    const plain = timed([refscope, 'run', program, String(size)]);
    const attached = timed([process.execPath, join(here, 'attached_run.mjs'), refscope, program, String(size)]);
    const own = timed([process.execPath, join(here, 'attached_run.mjs'), '--nothing']); // Node's own start
    if (plain.code !== 0) problem = `ended with ${plain.code}: ${plain.errors.trim().split('\n').at(-1)}`;
    else if (attached.code !== 0) problem = `attached: ${attached.errors.trim().split('\n').at(-1)}`;
    else if (attached.output !== plain.output) problem = 'printed something else when attached';
    times.plain.push(plain.user);
    times.attached.push(attached.user - own.user);
  }
  if (problem !== undefined) {
    wrong++;
    console.log(`${name.padEnd(16)}  ${problem}`);
    continue;
  }
  const ratio = median(times.attached) / median(times.plain);
  ratios.push(ratio);
  console.log(
    `${name.padEnd(16)}${`${median(times.plain).toFixed(3)} s`.padStart(10)}${`${median(times.attached).toFixed(3)} s`.padStart(12)}${`${ratio.toFixed(3)}×`.padStart(9)}`,
  );
}
if (ratios.length > 0) console.log(`\ngeometric mean ${geometricMean(ratios).toFixed(3)}× the run without a debugger (${runs} runs each)`);
process.exitCode = wrong === 0 ? 0 : 1;
