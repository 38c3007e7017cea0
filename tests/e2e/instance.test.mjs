// Instances: one is watched by the extension's own entry, the other by a data breakpoint on its row `life`; each stops just
// before its `__del__`, with the last reference named.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { Server, root } from './lib/server.mjs';
import { stepsOf } from './lib/steps.mjs';
import { Workbench } from './lib/workbench.mjs';

const vsix = process.env.REFSCOPE_VSIX ?? join(root, 'vscode-extension/refscope-linux-x64.vsix');
const kBreakpoint = 13; // both are on the shelf
const kPop = 16;
const kClear = 17;

let folder;
let server;
let bench;

before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'refscope-instance-'));
  cpSync(join(root, 'tests/e2e/fixtures/instance'), folder, { recursive: true });
  server = await Server.start({ vsix });
  bench = await Workbench.open(server, folder, { name: 'instance', height: 1500 });
});

after(async () => {
  await bench?.close();
  await server?.stop();
  if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
});

async function stopReason() {
  return bench.until('the reason of the stop', async () => {
    const text = await bench.stateLabel();
    return text.startsWith('collect:') ? text : undefined;
  });
}

test('two instances, stopped before each finalizer', { timeout: 240_000 }, async (t) => {
  const step = stepsOf(t, () => bench);
  const printed = execFileSync('/usr/bin/python3.11', [join(folder, 'instance.py')], { encoding: 'utf8' }).trim();

  await step('an instance shows its attributes, its count and its finalizer', async () => {
    await bench.openFile('instance.py');
    await bench.toggleBreakpoint(kBreakpoint);
    await bench.startDebugging();
    await bench.stoppedAt(kBreakpoint);
    await bench.sideBarWidth(560);
    await bench.collapseSection('Watch');
    const row = await bench.variable(['Locals', 'node']);
    assert.match(row.value, /^<Node object at 0x[0-9a-f]+> {2}rc 2$/);
    const attributes = await bench.children(['Locals', 'node']);
    assert.match(attributes.find((each) => each.name === 'name').value, /^'first'/);
    const facts = await bench.children(['Locals', 'node', 'memory']);
    await bench.screenshot('facts');
    const names = facts.map((fact) => fact.name);
    for (const name of ['refcount', 'holders', 'id', 'type', 'size', 'generation', 'weak references', 'finalizer', 'life']) {
      assert.ok(names.includes(name), `no row ${name} among ${names.join(', ')}`);
    }
    assert.equal(facts.find((fact) => fact.name === 'finalizer').value, '__del__, not called yet');
    assert.equal(facts.find((fact) => fact.name === 'life').value, 'alive');
  });

  await step('the row life takes a data breakpoint', async () => {
    const before = (await bench.breakpointsView()).length;
    const entry = await bench.variableMenu(['Locals', 'node', 'memory', 'life'], 'Break on Value Change');
    await bench.screenshot('data-breakpoint');
    await entry.click();
    await bench.until('the data breakpoint', async () => (await bench.breakpointsView()).length === before + 1);
    await bench.toggle(['Locals', 'node']);
  });

  await step('Break When Collected takes the other one', async () => {
    const entry = await bench.variableMenu(['Locals', 'other'], 'Break When Collected');
    await entry.click();
    await bench.until('the breakpoint on the object', async () =>
      (await bench.breakpointsView()).some((row) => /collect:0x[0-9a-f]+/.test(row)),
    );
    await bench.screenshot('both-breakpoints');
  });

  await step('each stops before its finalizer, with the last reference named', async () => {
    for (const line of [kPop, kClear]) {
      await bench.continue();
      await bench.stoppedAt(line);
      assert.match(await stopReason(), /^collect: Node 0x[0-9a-f]+, last reference dropped/);
      const dying = await bench.children(['Dying']);
      assert.match(dying[0].value, /^<Node object at 0x[0-9a-f]+>/);
      await bench.screenshot(`dying-at-line-${line}`);
    }
  });

  await step('the output is CPython’s', async () => {
    await bench.continue();
    await bench.until('the end of the session', async () => (await bench.callStack()).length === 0);
    await bench.showTerminal();
    const shown = await bench.until('the output in the terminal', async () => {
      const text = await bench.terminal();
      return text.includes('the shelf is empty') ? text : undefined;
    });
    assert.ok(shown.includes(printed), `the terminal shows\n${shown}\nCPython prints\n${printed}`);
  });
});
