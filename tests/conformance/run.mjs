// Runs the conformance programs under Refscope and compares stdout, stderr and exit code with what CPython 3.11
// printed when they were recorded. Usage: run [WORD...]: only programs whose path contains one of the words.
// REFSCOPE names the program to test; REFSCOPE_JOBS how many run at a time.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beside, execute, inParallel, nameOf, normalise, programs, root, textBeside } from './programs.mjs';

const refscope = process.env.REFSCOPE ?? join(root, '../../build/release/refscope');
const kContextLines = 2;
const kShownLines = 8;

/** The first lines that differ, with what stands before them. */
function difference(expected, actual) {
  const want = expected.split('\n');
  const have = actual.split('\n');
  let at = 0;
  while (at < want.length && at < have.length && want[at] === have[at]) at++;
  const cut = (line) => (line.length > 160 ? `${line.slice(0, 160)}…` : line);
  const lines = [];
  for (let i = Math.max(0, at - kContextLines); i < at; i++) lines.push(`      ${cut(want[i])}`);
  for (const line of want.slice(at, at + kShownLines)) lines.push(`    - ${cut(line)}`);
  for (const line of have.slice(at, at + kShownLines)) lines.push(`    + ${cut(line)}`);
  return [`    line ${at + 1} (- CPython, + Refscope):`, ...lines].join('\n');
}

const known = new Set(
  readFileSync(join(root, 'known_differences.txt'), 'utf8')
    .split('\n')
    .filter((line) => line && !line.startsWith('#'))
    .map((line) => line.split(/\s+/)[0]),
);

let passed = 0;
let failed = 0;
let differing = 0;
await inParallel(programs(process.argv.slice(2)), async (path) => {
  const problems = [];
  if (!existsSync(beside(path, '.out'))) {
    problems.push('    was never recorded: tests/conformance/record does that');
  } else {
    const result = await execute([refscope, 'run'], path);
    if (result.problem !== undefined) problems.push(`    ${result.problem}`);
    const code = textBeside(path, '.code').trim() || '0';
    if (String(result.code) !== code) problems.push(`    exit code ${result.code}, CPython's is ${code}`);
    for (const stream of ['out', 'err']) {
      const expected = normalise(textBeside(path, `.${stream}`));
      const actual = normalise(result[stream]);
      if (expected !== actual) problems.push(`    std${stream}, ${difference(expected, actual)}`);
    }
  }
  if (problems.length > 0 && known.has(nameOf(path))) {
    differing++;
    console.log(`known difference: ${nameOf(path)}`);
    return;
  }
  if (problems.length === 0 && known.has(nameOf(path))) {
    problems.push('    agrees with CPython now: take it off known_differences.txt');
  }
  if (problems.length === 0) {
    passed++;
  } else {
    failed++;
    console.log(`FAILED ${nameOf(path)}\n${problems.join('\n')}`);
  }
});
if (differing > 0) console.log(`${differing} programs differ from CPython as known_differences.txt says`);
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
