// What a stop shows of memory: values with their counts, holders, the `memory` child, the scopes.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { children, end, expandAll, find, go, holdersOf, memoryOf, scopes, setLines } from './inspect.mjs';
import { lineOf, programPath, scenario } from './scenario.mjs';

async function stopAt(client, name, mark, more = {}) {
    const path = programPath(name);
    await client.launch({ program: path, ...more }, () =>
        setLines(client, path, [lineOf(path, `# break: ${mark}`)]),
    );
    await client.stopped();
    return path;
}

scenario('counts are those that the program itself would print', async (client) => {
    const path = await stopAt(client, 'counting.py', 'counts');
    assert.match((await find(client, 'Locals', 'a')).value, /^\[\]  rc 4$/);
    assert.match((await find(client, 'Locals', 'pair')).value, /^\[\[\], \[\]\]  rc 1$/);
    await setLines(client, path, [lineOf(path, '# break: fewer')]);
    await go(client);
    assert.match((await find(client, 'Locals', 'a')).value, /  rc 1$/);
    assert.equal(await end(client), 0);
    assert.equal(client.text('stdout'), '4\n1\n');
});

scenario('every counted reference has a named holder', async (client) => {
    await stopAt(client, 'counting.py', 'counts');
    const names = await holdersOf(client, 'Locals', 'a');
    assert.equal(names.length, 4);
    assert.ok(names.includes('global `a` of __main__'), names);
    assert.ok(names.includes('global `b` of __main__'), names);
    assert.equal(names.filter((name) => /^list 0x[0-9a-f]+ \[[01]\]$/.test(name)).length, 2);
    const rows = await memoryOf(client, 'Locals', 'a');
    assert.match(rows.get('refcount').value, /^4 \(getrefcount prints 5: its argument counts\)$/);
    assert.equal(rows.get('holders').value, '4');
    assert.match(rows.get('same object as').value, /a, b|^b$/);
});

scenario('the memory child has the rows of the contract, in order, and is last of the named ones', async (client) => {
    await stopAt(client, 'kinds.py', 'ready');
    const row = await find(client, 'Locals', 'plain', 'memory');
    assert.equal(row.presentationHint.kind, 'virtual');
    const rows = await children(client, row);
    assert.deepEqual(
        rows.map(({ name }) => name),
        ['refcount', 'holders', 'id', 'type', 'size', 'size with attributes', 'retained size',
            'generation', 'weak references', 'finalizer', 'allocated at', 'same object as', 'life'],
    );
    const value = (name) => rows.find((one) => one.name === name).value;
    assert.match(value('id'), /^\d+ \(0x[0-9a-f]+\)$/);
    assert.match(value('type'), /Plain$/);
    assert.match(value('size'), /^\d+ bytes$/);
    assert.match(value('generation'), /^(0|1|2|untracked|permanent)$/);
    assert.equal(value('weak references'), '1');
    assert.equal(value('finalizer'), 'none');
    assert.match(value('allocated at'), /kinds\.py:\d+$/);
    assert.equal(value('life'), 'alive');
});

scenario('scopes are Locals, Globals, Memory; at module level Locals shows the globals', async (client) => {
    await stopAt(client, 'kinds.py', 'ready');
    assert.deepEqual((await scopes(client)).map(({ name }) => name), ['Locals', 'Globals', 'Memory']);
    const locals = (await children(client, await find(client, 'Locals'))).map(({ name }) => name);
    assert.ok(locals.includes('plain'));
});

scenario('the Memory scope has the collector and the totals', async (client) => {
    await stopAt(client, 'kinds.py', 'ready');
    const rows = await children(client, await find(client, 'Memory'));
    const names = rows.map(({ name }) => name);
    for (const name of ['generation 0', 'generation 1', 'generation 2', 'collection enabled',
        'objects', 'bytes', 'by type', 'by line']) {
        assert.ok(names.includes(name), `${name} in ${names}`);
    }
    const facts = await children(client, rows.find(({ name }) => name === 'generation 0'));
    assert.deepEqual(facts.map(({ name }) => name),
        ['count', 'threshold', 'objects', 'collections', 'collected', 'uncollectable']);
    assert.equal(facts[1].value, '700');
    const types = await children(client, rows.find(({ name }) => name === 'by type'), { start: 0, count: 1000 });
    const plain = types.find(({ name }) => name.endsWith('Plain'));
    assert.match(plain.value, /^1 objects?/);
    const instances = await children(client, plain);
    assert.equal(instances.length, 1);
});

scenario('values are shown without running code of the program', async (client) => {
    await stopAt(client, 'kinds.py', 'ready');
    assert.match((await find(client, 'Locals', 'plain')).value, /^<Plain object at 0x[0-9a-f]+>  rc \d+$/);
    assert.match((await find(client, 'Locals', 'several')).value, /^\[<Plain object at 0x[0-9a-f]+>, 2, 'text'\]  rc 1$/);
    await expandAll(client);
    assert.equal(client.text('stdout'), '');
    assert.equal(await end(client), 0);
    assert.equal(client.text('stdout'), 'ready\n');
});

scenario('each kind opens to what it consists of', async (client) => {
    await stopAt(client, 'kinds.py', 'ready');
    const names = async (...path) => (await children(client, await find(client, 'Locals', ...path))).map(({ name }) => name);
    assert.deepEqual((await names('several')).slice(0, 3), ['[0]', '[1]', '[2]']);
    assert.deepEqual((await names('mapping')).slice(0, 2), ["'key'", '(1, 2)']);
    const plain = await names('plain');
    assert.ok(plain.includes('own') && plain.includes('class attributes') && plain.includes('memory'), plain);
    assert.ok(!plain.includes('shared'));
    assert.ok((await names('slotted')).includes('left'));
    const increase = await names('increase');
    for (const group of ['closure']) assert.ok(increase.includes(group), increase);
    const counter = await names('counter');
    assert.ok(counter.includes('defaults') && counter.includes('keyword defaults'), counter);
    const running = await names('running');
    assert.ok(running.includes('state') && running.includes('line') && running.includes('inside'), running);
    const failure = await names('failure');
    assert.ok(failure.includes('args') && failure.includes('traceback'), failure);
    assert.ok((await names('weak')).includes('referent'));
    for (const name of ['bases', 'mro']) assert.ok((await names('Plain')).includes(name));
});

scenario('long strings are cut, long lists are paged', async (client) => {
    await stopAt(client, 'kinds.py', 'ready');
    const text = await find(client, 'Locals', 'text');
    assert.match(text.value, /^'x+…' \(100000 characters\)  rc 1$/);
    const big = await find(client, 'Locals', 'big');
    assert.equal(big.indexedVariables, 5000);
    const page = await children(client, big, { filter: 'indexed', start: 4990, count: 100 });
    assert.deepEqual(page.map(({ name }) => name), Array.from({ length: 10 }, (_, i) => `[${4990 + i}]`));
    const named = await children(client, big, { filter: 'named' });
    assert.ok(named.some(({ name }) => name === 'memory'));
    assert.ok(client.largestMessage < 200_000);
});

scenario('showCounts: false leaves the counts out', async (client) => {
    await stopAt(client, 'counting.py', 'counts', { showCounts: false });
    assert.equal((await find(client, 'Locals', 'a')).value, '[]');
});

scenario('evaluate reads names, attributes and items; hover carries the count, clipboard does not', async (client) => {
    await stopAt(client, 'kinds.py', 'ready');
    const evaluate = async (expression, context) =>
        (await client.request('evaluate', { expression, context, frameId: 1 })).result;
    assert.match(await evaluate('several', 'hover'), /  rc 1$/);
    assert.match(await evaluate('plain.own', 'watch'), /^\[1\]  rc 1$/);
    assert.match(await evaluate('several[0]', 'watch'), /^<Plain object/);
    assert.equal(await evaluate('several[1]', 'watch'), '2');
    assert.equal(await evaluate('several[2]', 'clipboard'), "'text'");
    const response = await client.refused('evaluate', { expression: 'missing', context: 'watch', frameId: 1 });
    assert.match(response.message, /missing/);
    await client.refused('evaluate', { expression: 'a b', context: 'repl', frameId: 1 });
});

const kEight = fileURLToPath(new URL('../conformance/eight/', import.meta.url));
for (const name of readdirSync(kEight).filter((file) => file.endsWith('.py'))) {
    scenario(`${name} prints what python3.11 prints while everything is expanded at every stop`, async (client) => {
        const oracle = spawnSync('/usr/bin/python3.11', [kEight + name], { env: { ...process.env, PYTHONHASHSEED: '0' } });
        await client.launch({ program: kEight + name, stopOnEntry: true, env: { PYTHONHASHSEED: '0' } });
        let stops = 0;
        while ((await client.event(['stopped', 'terminated'], { timeout: 30_000 })).event === 'stopped') {
            await expandAll(client, { most: 120, depth: 4 });
            ++stops;
            await client.request('next', { threadId: 1 });
        }
        assert.ok(stops > 3);
        assert.equal(client.text('stdout'), oracle.stdout.toString());
    }, { timeout: 240_000 });
}
