// A person's first ten minutes: F5 on two lists that hold each other, a look at who holds what, and a stop just before
// they die. What the views say is compared with what CPython 3.11 prints for the same program in the same run.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { Server, root } from './lib/server.mjs';
import { stepsOf } from './lib/steps.mjs';
import { Workbench } from './lib/workbench.mjs';

const python = '/usr/bin/python3.11';
const vsix = process.env.REFSCOPE_VSIX ?? join(root, 'vscode-extension/refscope-linux-x64.vsix');
const kBreakpoint = 10; // the line `del a, b`
const kCollection = 12; // the line that calls gc.collect()

let folder;
let server;
let bench;

/** Runs the program in CPython with one line put in before the breakpoint that tells what a debugger would have to show. */
function askOracle(file, name) {
  const lines = readFileSync(file, 'utf8').split('\n');
  const indent = /^\s*/.exec(lines[kBreakpoint - 1])[0];
  const probe =
    `print('probe', sys.getrefcount(${name}) - 1, [k for k, v in list(locals().items()) if v is ${name}], ` +
    `[(type(r).__name__, [i for i, x in enumerate(r) if x is ${name}]) for r in gc.get_referrers(${name}) if type(r) is list])`;
  lines.splice(kBreakpoint - 1, 0, indent + probe);
  const asked = join(folder, 'asked_of_the_oracle.py');
  writeFileSync(asked, lines.join('\n'));
  const output = execFileSync(python, [asked], { encoding: 'utf8' });
  rmSync(asked);
  const [, count, names, lists] = /^probe (\d+) (\[.*?\]) (\[.*\])$/m.exec(output);
  const holders = [
    ...JSON.parse(names.replaceAll("'", '"')).map((local) => `local \`${local}\` of main()`),
    ...[...lists.matchAll(/\('list', \[([\d, ]+)\]\)/g)].flatMap(([, places]) => places.split(', ').map((i) => `list 0x… [${i}]`)),
  ];
  return { count: Number(count), holders };
}

const withoutAddress = (text) => text.replace(/0x[0-9a-f]+/g, '0x…');

before(async () => {
  assert.ok(existsSync(vsix), `${vsix} is missing: ./dev test e2e builds it`);
  folder = mkdtempSync(join(tmpdir(), 'refscope-cycle-'));
  cpSync(join(root, 'tests/e2e/fixtures/cycle'), folder, { recursive: true });
  server = await Server.start({ vsix });
  bench = await Workbench.open(server, folder, { name: 'cycle' });
});

after(async () => {
  await bench?.close();
  await server?.stop();
  if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
});

test('two lists in a cycle, from F5 to their death', { timeout: 240_000 }, async (t) => {
  const step = stepsOf(t, () => bench);
  const program = join(folder, 'cycle.py');
  const printed = execFileSync(python, [program], { encoding: 'utf8' }).trim();

  await step('a hover before the run tells the exact count', async () => {
    await bench.openFile('cycle.py');
    const text = await bench.hover(6, 'a');
    await bench.screenshot('hover-before-the-run');
    assert.match(text, /refcount 1\b/);
  }, { alone: true });

  await step('F5 without a launch.json stops at the breakpoint', async () => {
    await bench.toggleBreakpoint(kBreakpoint);
    await bench.startDebugging();
    await bench.stoppedAt(kBreakpoint);
    await bench.sideBarWidth(560);
    await bench.collapseSection('Watch');
    const row = await bench.variable(['Locals', 'a']);
    assert.match(row.value, /^\['first', \['second', \[\.\.\.\]\]\] {2}rc \d+$/);
  });

  for (const name of ['a', 'b']) {
    await step(`the count and the holders of ${name} are CPython's`, async () => {
      const expected = askOracle(program, name);
      const row = await bench.variable(['Locals', name]);
      assert.equal(Number(/ {2}rc (\d+)$/.exec(row.value)[1]), expected.count);
      const facts = await bench.children(['Locals', name, 'memory']);
      const refcount = facts.find((fact) => fact.name === 'refcount');
      assert.equal(refcount.value, `${expected.count} (getrefcount prints ${expected.count + 1}: its argument counts)`);
      const holders = await bench.children(['Locals', name, 'memory', 'holders']);
      await bench.screenshot(`holders-of-${name}`);
      assert.deepEqual(holders.map((holder) => withoutAddress(holder.name)).sort(), expected.holders.sort());
      await bench.toggle(['Locals', name]); // room for the next
    }, { alone: true });
  }

  await step('a hover at the stop shows value and count', async () => {
    const text = await bench.hover(8, 'a');
    await bench.screenshot('hover-at-the-stop');
    await bench.dismissHover();
    assert.match(text, /\['first', .*\] {2}rc 2/);
  }, { alone: true });

  await step('Break When Collected sets a breakpoint on that list', async () => {
    const entry = await bench.variableMenu(['Locals', 'a'], 'Break When Collected');
    await bench.screenshot('context-menu');
    await entry.click();
    await bench.until('the breakpoint on the object', async () =>
      (await bench.breakpointsView()).some((row) => /collect:0x[0-9a-f]+/.test(row)),
    );
  });

  await step('the program stops before the list dies, and says why', async () => {
    await bench.continue();
    await bench.stoppedAt(kCollection);
    const label = await bench.until('the reason', async () => {
      const text = await bench.stateLabel();
      return text.startsWith('collect:') ? text : undefined;
    });
    assert.match(label, /^collect: list 0x[0-9a-f]+, generation 2, cycle of 2$/);
    await bench.showDebugConsole();
    const console_ = await bench.until('the reason in the console', async () => {
      const text = await bench.debugConsole();
      return text.includes('collect:') ? text : undefined;
    });
    assert.ok(console_.includes(label), console_);
    const dying = await bench.children(['Dying']);
    await bench.screenshot('before-the-death');
    assert.equal((await bench.variables())[0].name, 'Dying');
    assert.ok(dying.some((row) => row.value.startsWith("['first', ['second', [...]]]")), JSON.stringify(dying));
  });

  await step('the program ends as CPython ends it', async () => {
    await bench.continue();
    await bench.until('the end of the session', async () => (await bench.callStack()).length === 0);
    await bench.until('the breakpoint on the object to go', async () =>
      (await bench.breakpointsView()).every((row) => !row.includes('collect:')),
    );
    await bench.showTerminal();
    const shown = await bench.until('the output in the terminal', async () => {
      const text = await bench.terminal();
      return text.includes('collected') ? text : undefined;
    });
    await bench.screenshot('output');
    assert.ok(shown.includes(printed), `the terminal shows\n${shown}\nCPython prints\n${printed}`);
  });
});
