// Refscope beside CPython 3.11 on the same programs in the same run: the two take turns, so that what else the machine does
// meets both; medians of user time; the outputs must agree.
// Usage: run [--runs N] [--scale F] [--json FILE] [KERNEL...]; REFSCOPE names another program to measure.
import { existsSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { geometricMean, median, oracle, timed } from './timed.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const refscope = process.env.REFSCOPE ?? join(here, '../../build/release/refscope');
// Sizes at which CPython needs about half a second. What grows faster than its size is scaled at its own power.
const kKernels = [
  { name: 'recursion', size: 32, scaled: (size, scale) => Math.round(size + Math.log(scale) / Math.log(1.618)) },
  { name: 'integer_loop', size: 1_500_000 },
  { name: 'attributes', size: 25_000 },
  { name: 'float_lists', size: 190, scaled: (size, scale) => Math.round(size * Math.cbrt(scale)) },
  { name: 'object_churn', size: 1500 },
];

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    runs: { type: 'string', default: '5' },
    scale: { type: 'string', default: '1' },
    json: { type: 'string' },
  },
});
const runs = Number(values.runs);
const scale = Number(values.scale);
if (!existsSync(refscope)) {
  console.error(`there is no ${refscope}: build it with ./dev build release`);
  process.exit(1);
}

const rows = [];
let wrong = 0;
console.log(`${'kernel'.padEnd(16)}${'size'.padStart(9)}${'CPython 3.11'.padStart(15)}${'Refscope'.padStart(12)}${'times'.padStart(9)}`);
for (const { name, size, scaled } of kKernels) {
  if (positionals.length > 0 && !positionals.includes(name)) continue;
  const actual = scaled ? scaled(size, scale) : Math.max(1, Math.round(size * scale));
  const program = [join(here, 'kernels', `${name}.py`), String(actual)];
  const times = { cpython: [], refscope: [] };
  let problem;
  for (let i = 0; i < runs && problem === undefined; i++) {
    const theirs = timed([oracle, ...program]);
    const ours = timed([refscope, 'run', ...program]);
    if (theirs.code !== 0) problem = `CPython ended with ${theirs.code}`;
    else if (ours.code !== 0) problem = `ended with ${ours.code}: ${ours.errors.trim().split('\n').at(-1)}`;
    else if (ours.output !== theirs.output) problem = `printed ${JSON.stringify(ours.output)}, CPython ${JSON.stringify(theirs.output)}`;
    times.cpython.push(theirs.user);
    times.refscope.push(ours.user);
  }
  const label = name.padEnd(16) + String(actual).padStart(9);
  if (problem !== undefined) {
    wrong++;
    console.log(`${label}  ${problem}`);
    continue;
  }
  const [theirs, ours] = [median(times.cpython), median(times.refscope)];
  const ratio = theirs / ours;
  rows.push({ name, size: actual, cpython: theirs, refscope: ours, ratio });
  console.log(`${label}${`${theirs.toFixed(3)} s`.padStart(15)}${`${ours.toFixed(3)} s`.padStart(12)}${`${ratio.toFixed(2)}×`.padStart(9)}`);
}
if (rows.length > 0) {
  const mean = geometricMean(rows.map((row) => row.ratio));
  console.log(`\ngeometric mean ${mean.toFixed(2)}× CPython 3.11 (medians of user time, ${runs} runs each, taking turns)`);
  if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify({ runs, mean, rows }, null, 2)}\n`);
}
process.exitCode = wrong === 0 ? 0 : 1;
