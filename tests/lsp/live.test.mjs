// While a program is stopped in a debug session, hovers tell the counts that hold now, beside what the source alone says.
import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { DapClient } from '../dap/client.mjs';
import { LspClient } from './client.mjs';

const kProgram = `shared = []
def outer():
    local = [shared]
    other = local
    def inner(local=shared):
        size = 12345678
        return local, other  # stop here
    return inner()
outer()
word = 'x'
`;
const kStop = 7;

function liveTest(name, body) {
  test(name, { timeout: 60_000 }, async () => {
    const folder = mkdtempSync(join(tmpdir(), 'refscope live ')); // the blank is escaped in the URI
    const env = { XDG_RUNTIME_DIR: folder };
    const path = join(folder, 'program.py');
    writeFileSync(path, kProgram);
    const uri = pathToFileURL(path).href;
    const debug = DapClient.start({ env });
    const editor = LspClient.start({ env });
    try {
      await editor.initialize();
      editor.open(uri, kProgram);
      const hover = async (line, word) => {
        const character = kProgram.split('\n')[line - 1].indexOf(word);
        const answer = await editor.request('textDocument/hover', editor.at(uri, line - 1, character));
        return answer?.contents.value ?? '';
      };
      const stop = () =>
        debug.launch({ program: path }, () =>
          debug.request('setBreakpoints', { source: { path }, breakpoints: [{ line: kStop }] }),
        ).then(() => debug.stopped());
      await body({ folder, debug, editor, uri, hover, stop });
      await debug.close();
      await editor.close();
    } finally {
      debug.kill();
      editor.kill();
      rmSync(folder, { recursive: true, force: true });
    }
  });
}

liveTest('a hover at a stop tells the count and the holders of the variable that is meant there', async ({ hover, stop }) => {
  assert.doesNotMatch(await hover(3, 'local'), /live/);
  await stop();
  const live = await hover(3, 'local');
  assert.match(live, /^`local` — list, 64 bytes\n\n\*\*refcount 2\*\* — held by local `local` of outer\(\), closure cell `other` of outer\(\)/);
  assert.match(live, /live: the program is stopped, outer\(\) at line 8/);
  // The same name further in is another variable: what is bound to it is the global list.
  const inner = await hover(7, 'local');
  assert.match(inner, /\*\*refcount 4\*\*/);
  assert.match(inner, /inner\(\) at line 7/);
  assert.match(inner, /tuple 0x[0-9a-f]+ \[0\]/); // the function's defaults
  assert.match(await hover(1, 'shared'), /\*\*refcount 4\*\* .*global `shared` of __main__/);
  assert.match(await hover(7, 'other'), /closure cell/);
  assert.doesNotMatch(await hover(10, 'word'), /live/, 'it is not bound yet');
});

liveTest('while the program runs, and after its end, hovers are the source’s alone', async ({ debug, hover, stop }) => {
  await stop();
  assert.match(await hover(4, 'other'), /live/);
  await debug.request('continue', { threadId: 1 });
  await debug.event('terminated');
  assert.doesNotMatch(await hover(4, 'other'), /live/);
});

liveTest('a session leaves its file to its owner alone, and takes it away', async ({ folder, debug, stop }) => {
  await stop();
  const sessions = join(folder, 'refscope');
  assert.equal(statSync(sessions).mode & 0o777, 0o700);
  const file = readdirSync(sessions).find((name) => /^\d+\.json$/.test(name));
  assert.equal(statSync(join(sessions, file)).mode & 0o777, 0o600);
  const session = JSON.parse(readFileSync(join(sessions, file), 'utf8'));
  assert.equal(`${session.pid}.json`, file);
  assert.equal(session.program, join(folder, 'program.py'));
  assert.equal(statSync(session.socket).mode & 0o777, 0o600);
  await debug.request('continue', { threadId: 1 });
  await debug.event('terminated');
  assert.deepEqual(readdirSync(sessions), []);
});

liveTest('what a dead process, another program or another version has left is passed over', async ({ folder, hover, stop }) => {
  await stop();
  const sessions = join(folder, 'refscope');
  writeFileSync(join(sessions, '1.json'), '{"pid": 999999999, "socket": "/nowhere"}');
  writeFileSync(join(sessions, '2.json'), 'not json');
  writeFileSync(join(sessions, '3.json'), JSON.stringify({ pid: process.pid, socket: join(sessions, 'none.sock') }));
  assert.match(await hover(4, 'other'), /live/);
});
