// CPython's own test files, as Debian's libpython3.11-testsuite has them, run unmodified by both CPython and Refscope, method by
// method. What counts is what CPython passes: a method that fails, crashes, is skipped or never comes here counts against us.
// Usage: cpython_tests.mjs [--verbose] [NAME...]; the known failures stand in cpython_known_failures.txt, one method a line,
// and a line that is no longer needed is an error too, so that the list can only shrink.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { root } from './programs.mjs';

const kNames =
  `test_gc test_weakref test_weakset test_finalization test_tracemalloc test_generators test_scope test_class test_super
   test_property test_list test_tuple test_dict test_set test_int test_float test_slice test_range test_with test_exceptions
   test_unpack test_extcall test_patma test_copy test_sort test_enumerate`.split(/\s+/);
const kFileMilliseconds = 300_000;
const kMostRestarts = 25; // a file that crashes more often than this is told as it is

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { verbose: { type: 'boolean', default: false } },
});
const refscope = process.env.REFSCOPE ?? join(root, '../../build/release/refscope');
const knownFile = join(root, 'cpython_known_failures.txt');
const known = new Set(existsSync(knownFile) ? readFileSync(knownFile, 'utf8').split('\n').filter((line) => line && !line.startsWith('#')) : []);
const folder = mkdtempSync(join(tmpdir(), 'refscope-cpython-'));

/** Every method's outcome, and what was said about those that failed. */
function outcomes(command, name) {
  const report = join(folder, `${command.at(-1).replace(/\W/g, '_')}-${name}`);
  writeFileSync(report, '');
  const found = new Map();
  let said = '';
  const end = Date.now() + kFileMilliseconds;
  for (let restart = 0; restart < kMostRestarts; restart++) {
    const run = spawnSync(command[0], [...command.slice(1), join(root, '_cpython_driver.py'), name, report], {
      cwd: folder,
      encoding: 'utf8',
      env: { ...process.env, PYTHONHASHSEED: '0', PYTHONDONTWRITEBYTECODE: '1' },
      maxBuffer: 256 << 20,
      timeout: Math.max(1000, end - Date.now()),
      killSignal: 'SIGKILL',
    });
    said += run.stderr ?? '';
    let open;
    found.clear();
    for (const line of readFileSync(report, 'utf8').split('\n')) {
      const [method, outcome] = line.split('\t');
      if (outcome === undefined) continue;
      open = outcome === 'started' ? method : undefined;
      found.set(method, outcome === 'started' ? 'crashed' : outcome);
    }
    if (run.status === 0 || open === undefined) {
      if (run.status !== 0 && found.size === 0) said += `\n${name} could not be loaded\n`;
      break;
    }
    said += `--- ${open}\nended the run with ${run.signal ?? `status ${run.status}`}\n`;
    if (Date.now() > end) break;
  }
  return { found, said };
}

let passed = 0;
let wanted = 0;
let news = 0;
for (const name of positionals.length > 0 ? positionals : kNames) {
  const theirs = outcomes(['/usr/bin/python3.11'], name).found;
  const { found: ours, said } = outcomes([refscope, 'run'], name);
  const count = { name, pass: 0, fail: 0, skip: 0, crash: 0, absent: 0 };
  const failures = [];
  for (const [method, outcome] of theirs) {
    if (outcome !== 'ok') continue;
    const mine = ours.get(method);
    if (mine === 'ok') {
      count.pass++;
      if (known.has(method)) {
        news++;
        console.log(`PASSES NOW ${method}: take it from cpython_known_failures.txt`);
      }
      continue;
    }
    count[mine === undefined ? 'absent' : mine === 'skipped' ? 'skip' : mine === 'crashed' ? 'crash' : 'fail']++;
    failures.push(`${method}  ${mine ?? 'never ran'}`);
    if (!known.has(method)) news++;
  }
  passed += count.pass;
  const all = count.pass + count.fail + count.skip + count.crash + count.absent;
  wanted += all;
  console.log(`${name.padEnd(20)}${String(count.pass).padStart(5)} of ${String(all).padStart(4)} pass, ${count.fail} fail, ` +
              `${count.skip} skipped, ${count.crash} crash, ${count.absent} never ran`);
  if (values.verbose) console.log(`${failures.map((line) => `    ${line}`).join('\n')}\n${said}`);
}
rmSync(folder, { recursive: true, force: true });
console.log(`\n${passed} of ${wanted} methods pass (${((100 * passed) / Math.max(1, wanted)).toFixed(1)} %)`);
console.log(`${passed} passed, ${wanted - passed} failed`);
process.exitCode = news === 0 ? 0 : 1;
