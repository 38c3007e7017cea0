// The conversation itself: life cycle, errors, documents, and the syntax errors that are published for them.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { test } from 'node:test';
import { LspClient } from './client.mjs';
import { refscopePath } from './message_stream.mjs';

const kUri = 'file:///tmp/program.py';

test('the server says what it can do and ends with 0 after shutdown', async () => {
  const client = LspClient.start();
  const { capabilities, serverInfo } = await client.initialize();
  assert.equal(capabilities.positionEncoding, 'utf-16');
  assert.deepEqual(capabilities.textDocumentSync, { openClose: true, change: 2 });
  assert.equal(capabilities.hoverProvider, true);
  assert.equal(serverInfo.name, 'refscope');
  await client.close();
});

test('exit without shutdown ends with 1', async () => {
  const client = LspClient.start();
  await client.initialize();
  client.notify('exit');
  assert.deepEqual(await client.exited, [1, null]);
  client.check();
});

test('a client that vanishes ends the server with 1', async () => {
  const client = LspClient.start();
  await client.initialize();
  client.hangUp();
  assert.deepEqual(await client.exited, [1, null]);
});

test('requests before initialize, after shutdown and of unknown names are refused by their codes', async () => {
  const client = LspClient.start();
  assert.equal((await client.refused('textDocument/hover', client.at(kUri, 0, 0))).code, -32002);
  await client.initialize();
  client.expectsGarbage = true;
  assert.equal((await client.refused('refscope/nothing', {})).code, -32601);
  assert.equal((await client.refused('textDocument/hover', { textDocument: { uri: kUri } })).code, -32602);
  assert.equal((await client.refused('textDocument/hover', client.at(kUri, 0, 0))).code, -32602);
  await client.request('shutdown');
  assert.equal((await client.refused('textDocument/hover', client.at(kUri, 0, 0))).code, -32600);
  client.notify('exit');
  assert.deepEqual(await client.exited, [0, null]);
});

test('syntax errors carry the wording and the version, and go when they are mended', async () => {
  const client = LspClient.start();
  await client.initialize();
  client.open(kUri, 'x = (1\ny = 2\n', 7);
  const [broken] = await client.diagnosticsFor(kUri, 7);
  assert.equal(broken.message, "'(' was never closed");
  assert.equal(broken.source, 'refscope');
  assert.equal(broken.severity, 1);
  assert.deepEqual(broken.range.start, { line: 0, character: 4 });
  client.change(kUri, [{ range: { start: { line: 0, character: 6 }, end: { line: 0, character: 6 } }, text: ')' }]);
  assert.deepEqual(await client.diagnosticsFor(kUri, 8), []);
  client.closeDocument(kUri);
  assert.deepEqual(await client.diagnosticsFor(kUri), []);
  await client.close();
});

test('what only the compiler finds is published too', async () => {
  const client = LspClient.start();
  await client.initialize();
  client.open(kUri, 'def f():\n    pass\nreturn 1\n');
  const [found] = await client.diagnosticsFor(kUri, 1);
  assert.equal(found.message, "'return' outside function");
  assert.equal(found.range.start.line, 2);
  await client.close();
});

test('changes are placed by UTF-16 code units and by every kind of line end', async () => {
  const client = LspClient.start();
  await client.initialize();
  client.open(kUri, "a = '😀é'\r\nb = (\rc = 1\n");
  assert.equal((await client.diagnosticsFor(kUri, 1)).length, 1);
  const put = (line, from, to, text) => ({
    range: { start: { line, character: from }, end: { line, character: to } },
    text,
  });
  // Behind the pair and the accent, the closing quote goes and comes back; then the bracket is closed.
  client.change(kUri, [put(0, 8, 9, ''), put(0, 8, 8, "'"), put(1, 5, 5, ')')]);
  assert.deepEqual(await client.diagnosticsFor(kUri, 2), []);
  await client.close();
});

test('one client over TCP', async () => {
  const child = spawn(refscopePath(), ['lsp', '--listen', '127.0.0.1:0'], { stdio: ['ignore', 'ignore', 'pipe'] });
  const exited = new Promise((done) => child.on('exit', done));
  let text = '';
  const port = await new Promise((resolve) =>
    child.stderr.on('data', (chunk) => {
      text += chunk;
      const found = /^refscope: listening on 127\.0\.0\.1:(\d+)\n/.exec(text);
      if (found) resolve(Number(found[1]));
    }),
  );
  const client = await LspClient.connect(port);
  await client.initialize();
  client.open(kUri, 'x = [\n');
  assert.equal((await client.diagnosticsFor(kUri, 1)).length, 1);
  await client.close();
  assert.equal(await exited, 0);
});
