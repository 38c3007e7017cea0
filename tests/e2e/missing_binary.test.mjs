// Without the refscope program F5 says so, and offers what can be done.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { Server, root } from './lib/server.mjs';
import { Workbench } from './lib/workbench.mjs';

let folder;
let server;
let bench;

before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'refscope-missing-'));
  const workspace = join(folder, 'workspace.py');
  writeFileSync(workspace, 'print(1)\n');
  const vsix = join(folder, 'without.vsix');
  execFileSync(process.execPath, [join(root, 'vscode-extension/package.mjs'), '--without-binary', '--out', vsix], { stdio: 'ignore' });
  server = await Server.start({ vsix });
  bench = await Workbench.open(server, folder, { name: 'missing' });
});

after(async () => {
  await bench?.close();
  await server?.stop();
  if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
});

test('without the program F5 explains what to do', { timeout: 120_000 }, async () => {
  await bench.openFile('workspace.py');
  await bench.page.keyboard.press('F5');
  const text = await bench.until('a message', async () =>
    (await bench.notifications()).find((message) => message.includes('Refscope needs its program')),
  );
  await bench.screenshot('message');
  assert.match(text, /\.\/dev build release/);
  assert.match(text, /refscope\.path/);
  const buttons = await bench.page.locator('.notification-toast .monaco-button').allInnerTexts();
  assert.deepEqual(buttons.slice(0, 2), ['Locate…', 'Open Settings']);
  assert.equal(await bench.dialog(), undefined, 'one message is enough');
});
