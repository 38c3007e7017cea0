// Hover on names: counts after the line, holders by the source's names, what is shared and what is not certain.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { LspClient } from './client.mjs';

let client;
let documents = 0;

before(async () => {
    client = LspClient.start();
    await client.initialize();
});
after(() => client.close());

function opened(text) {
    const uri = `file:///tmp/hover_${documents++}.py`;
    client.open(uri, text);
    return uri;
}

async function hoverAt(uri, line, character) {
    return client.request('textDocument/hover', client.at(uri, line, character));
}

// The hover's text on the first occurrence of a name in a line (from 1).
async function on(text, line, name) {
    const uri = opened(text);
    const content = text.split(/\r\n|\n/)[line - 1];
    const hover = await hoverAt(uri, line - 1, content.indexOf(name));
    client.closeDocument(uri);
    return hover?.contents.value ?? '';
}

test('a hover is markdown with the range of the name', async () => {
    const hover = await hoverAt(opened('first = []\nsecond = first\n'), 1, 12);
    assert.equal(hover.contents.kind, 'markdown');
    assert.deepEqual(hover.range, { start: { line: 1, character: 9 }, end: { line: 1, character: 14 } });
    assert.match(hover.contents.value, /refcount 2\b/);
});

test('the count is that after the line, and the holders have the names of the source', async () => {
    const text = 'x = []\nother = x\npair = [1, x]\nd = {"k": x}\n';
    assert.match(await on(text, 1, 'x'), /refcount 1\b/);
    const last = await on(text, 4, 'x');
    assert.match(last, /refcount 4\b/);
    for (const holder of ['`x`', '`other`', '`pair[1]`', "`d['k']`"]) assert.ok(last.includes(holder), holder);
});

test('the cycle of the example counts as CPython counts it', async () => {
    const text = readFileSync(new URL('../e2e/fixtures/cycle/cycle.py', import.meta.url), 'utf8');
    assert.match(await on(text, 6, 'a'), /refcount 1\b/);
    assert.match(await on(text, 8, 'a'), /refcount 2\b/);
    assert.match(await on(text, 10, 'a'), /refcount 2 → 1\b/);
});

test('del and None tell of the object that is let go', async () => {
    assert.match(await on('x = []\ny = x\ndel x\n', 3, 'x'), /refcount 2 → 1/);
    const text = 'x = []\nx = None\n';
    assert.match(await on(text, 2, 'x'), /refcount 1 → 0/);
    assert.match(await on(text, 2, 'x'), /dies here/);
});

test('what the runtime shares has a reason in place of a number', async () => {
    const values = { 7: /cached: −5…256/, None: /None/, '()': /\(\)/, "'name'": /interned/, "'two words'": /constant/, 1000: /constant/ };
    for (const [value, reason] of Object.entries(values)) {
        const hover = await on(`x = ${value}\n`, 1, 'x');
        assert.match(hover, /shared/, value);
        assert.match(hover, reason, value);
        assert.doesNotMatch(hover, /refcount \d/, value);
    }
});

test('a closure holds by its cell', async () => {
    const text = 'def outer():\n    data = []\n    def peek():\n        return data\n    return peek\n\ngot = outer()\nkept = got()\n';
    const inside = await on(text, 2, 'data');
    assert.match(inside, /refcount 1\b/);
    const outside = await on(text, 8, 'kept');
    assert.match(outside, /refcount 2\b/);
    assert.match(outside, /closure `got`/);
});

test('what is not certain is marked', async () => {
    const branch = 'import sys\nx = []\nif len(sys.argv) > 1:\n    y = x\nprint(x)\n';
    assert.match(await on(branch, 2, 'x'), /refcount 1\b/);
    assert.match(await on(branch, 5, 'x'), /1–2/);
    assert.doesNotMatch(await on(branch, 5, 'x'), /refcount \d/);
    assert.match(await on('from elsewhere import keep\nx = []\nkeep(x)\n', 3, 'x'), /≥ 1/);
    assert.match(await on('def f(given):\n    return given\n', 1, 'given'), /≥ 1/);
});

test('in a loop the count holds each time that the line runs', async () => {
    const text = 'kept = []\nfor i in range(3):\n    x = []\n    kept.append(x)\n    y = x\nprint(kept)\n';
    assert.match(await on(text, 3, 'x'), /refcount 1\b/);
    assert.match(await on(text, 6, 'kept'), /refcount 1\b/);
});

test('garbage that a collection may have taken is no certain holder', async () => {
    const text = 'import gc\nx = []\na = [x]\na.append(a)\ndel a\nprint(x)\ngc.collect()\nprint(x)\n';
    assert.match(await on(text, 5, 'a'), /refcount 2 → 1.*waits for the collector/s);
    assert.match(await on(text, 6, 'x'), /1–2/);
    assert.match(await on(text, 8, 'x'), /refcount 1\b/);
});

test('a file with an error in it is answered all the same', async () => {
    const text = 'x = []\ny = x\nbroken = (x,\nz = [\ndef f():\n    w = {}\n    v = w\n';
    assert.match(await on(text, 2, 'x'), /refcount 2\b/);
    assert.match(await on(text, 7, 'w'), /refcount 2\b/);
});

test('positions count UTF-16 units, whatever ends the lines', async () => {
    const hover = await hoverAt(opened('t = "𝒳𝒳"; lst = []\r\nother = lst\r\n'), 0, 13);
    assert.deepEqual(hover.range, { start: { line: 0, character: 12 }, end: { line: 0, character: 15 } });
    const second = await hoverAt(opened('"𝒳"; lst = []\r\n"𝒳"; other = lst\r\n'), 1, 15);
    assert.match(second.contents.value, /refcount 2\b/);
    assert.deepEqual(second.range, { start: { line: 1, character: 14 }, end: { line: 1, character: 17 } });
});

test('an edit changes what is said', async () => {
    const uri = opened('x = []\ny = 1\n');
    assert.match((await hoverAt(uri, 0, 0)).contents.value, /refcount 1\b/);
    client.change(uri, 'x = y = []\n');
    assert.match((await hoverAt(uri, 0, 0)).contents.value, /refcount 2\b/);
});

test('where no name stands there is no hover', async () => {
    const uri = opened('x = []  # x\n"x"\n');
    for (const [line, character] of [[0, 3], [0, 10], [1, 1], [9, 0]]) assert.equal(await hoverAt(uri, line, character), null);
});

test('deep and long texts are answered', async () => {
    const deep = `x = []\ny = ${'('.repeat(3000)}x${')'.repeat(3000)}\nz = ${'['.repeat(2000)}${']'.repeat(2000)}\nw = 1${'+1'.repeat(5000)}\n`;
    assert.match(await on(deep, 1, 'x'), /refcount 1\b/);
    const long = Array.from({ length: 1250 }, (_, i) => `a${i} = []\nb${i} = [a${i}]\nc = b${i}\nd = c\n`).join('');
    const uri = opened(long);
    await hoverAt(uri, 0, 0);
    const times = [];
    for (let i = 0; i < 200; i++) {
        const start = performance.now();
        assert.ok(await hoverAt(uri, 4 * i, 0));
        times.push(performance.now() - start);
    }
    times.sort((one, other) => one - other);
    assert.ok(times[100] < 20, `half of the hovers take less than ${times[100]} ms`);
});
