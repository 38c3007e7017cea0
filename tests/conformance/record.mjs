// Records stdout, stderr and exit code of the conformance programs as CPython 3.11 gives them.
// Usage: record [WORD...]. Each program runs three times: one whose output varies is refused, since it could never pass.
import { rmSync, writeFileSync } from 'node:fs';
import { beside, execute, inParallel, nameOf, normalise, programs } from './programs.mjs';

const python = '/usr/bin/python3.11';
const kRuns = 3;

let recorded = 0;
let refused = 0;
await inParallel(programs(process.argv.slice(2)), async (path) => {
  const runs = [];
  for (let i = 0; i < kRuns; i++) runs.push(await execute([python], path));
  const [first] = runs;
  const form = (run) => JSON.stringify([normalise(run.out), normalise(run.err), run.code, run.problem]);
  if (first.problem !== undefined || runs.some((run) => form(run) !== form(first))) {
    console.log(`REFUSED ${nameOf(path)}: ${first.problem ?? 'it prints something else each time'}`);
    refused++;
    return;
  }
  const write = (extension, text) => {
    rmSync(beside(path, extension), { force: true });
    if (text !== '' || extension === '.out') writeFileSync(beside(path, extension), text);
  };
  write('.out', first.out);
  write('.err', first.err);
  write('.code', first.code === 0 ? '' : `${first.code}\n`);
  recorded++;
});
console.log(`${recorded} recorded, ${refused} refused`);
process.exitCode = refused === 0 ? 0 : 1;
