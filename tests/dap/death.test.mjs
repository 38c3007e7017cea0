// Stops before a death: by last reference and by collection, set in every way that clients have.
import assert from 'node:assert/strict';
import { children, end, find, go, memoryOf, scopes, setLines, topFrame } from './inspect.mjs';
import { lineOf, programPath, scenario } from './scenario.mjs';

const kLast = /^collect: Node 0x[0-9a-f]+, last reference dropped \(/;

async function setFunctions(client, ...names) {
    const body = await client.request('setFunctionBreakpoints', {
        breakpoints: names.map((name) => ({ name })),
    });
    return body.breakpoints;
}

scenario('collect:Class waits for the class, then stops before each instance dies', async (client) => {
    const path = programPath('finalizer.py');
    let set;
    await client.launch({ program: path }, async () => {
        set = await setFunctions(client, 'collect:Node');
    });
    assert.equal(set[0].verified, false);
    assert.match(set[0].message, /^collect:/);
    const changed = await client.event('breakpoint');
    assert.equal(changed.body.breakpoint.id, set[0].id);
    assert.equal(changed.body.breakpoint.verified, true);

    const stop = await client.stopped();
    assert.equal(stop.reason, 'collect');
    assert.match(stop.description, kLast);
    assert.match(stop.description, /local/);
    assert.deepEqual(stop.hitBreakpointIds, [set[0].id]);
    assert.ok(client.text('console').includes(stop.description));
    assert.equal(client.text('stdout'), 'in work\n');
    // On return from a function it is the caller who would see `__del__` run.
    let frame = await topFrame(client);
    assert.deepEqual([frame.name, frame.line], ['<module>', lineOf(path, '# break: call')]);

    const second = await go(client);
    assert.equal(client.text('stdout'), 'in work\ndel local\n');
    assert.match(second.description, new RegExp(`global 'keep', line ${lineOf(path, '# break: drop')}`));
    frame = await topFrame(client);
    assert.equal(frame.line, lineOf(path, '# break: drop'));
    assert.equal(await end(client), 0);
    assert.equal(client.text('stdout'), 'in work\ndel local\ndel kept\nend\n');
});

scenario('Dying comes first, and shows the object whole with a count of 0', async (client) => {
    await client.launch({ program: programPath('finalizer.py') }, () => setFunctions(client, 'collect:Node'));
    await client.stopped();
    assert.equal((await scopes(client))[0].name, 'Dying');
    const rows = await children(client, await find(client, 'Dying'));
    assert.match(rows[0].value, /^<Node object at 0x/);
    const parts = await children(client, rows[0]);
    assert.match(parts.find(({ name }) => name === 'name').value, /^'local'/);
    const memory = await memoryOf(client, 'Dying', rows[0].name);
    assert.match(memory.get('refcount').value, /^0\b/);
    assert.match(memory.get('life').value, /^dying: /);
    assert.equal(memory.get('finalizer').value, '__del__, not called yet');
});

scenario('a data breakpoint on the row life stops at the death of that one object', async (client) => {
    const path = programPath('finalizer.py');
    await client.launch({ program: path }, () => setLines(client, path, [lineOf(path, '# break: call')]));
    await client.stopped();
    const memory = await find(client, 'Locals', 'keep', 'memory');
    const info = await client.request('dataBreakpointInfo', {
        variablesReference: memory.variablesReference,
        name: 'life',
    });
    assert.ok(info.dataId, info.description);
    const { breakpoints } = await client.request('setDataBreakpoints', {
        breakpoints: [{ dataId: info.dataId }],
    });
    assert.equal(breakpoints[0].verified, true);
    const stop = await go(client);
    assert.equal(stop.reason, 'collect');
    assert.deepEqual(stop.hitBreakpointIds, [breakpoints[0].id]);
    assert.match(stop.description, /global 'keep'/);
    assert.equal(client.text('stdout'), 'in work\ndel local\n');
    assert.equal(await end(client), 0);
});

scenario('the mode collect on a variable does the same', async (client) => {
    const path = programPath('finalizer.py');
    const capabilities = await client.launch({ program: path }, () =>
        setLines(client, path, [lineOf(path, '# break: call')]),
    );
    assert.ok(capabilities.breakpointModes.some(({ mode, appliesTo }) => mode === 'collect' && appliesTo.includes('data')));
    await client.stopped();
    const locals = await find(client, 'Locals');
    const info = await client.request('dataBreakpointInfo', {
        variablesReference: locals.variablesReference,
        name: 'keep',
        mode: 'collect',
    });
    await client.request('setDataBreakpoints', { breakpoints: [{ dataId: info.dataId }] });
    assert.match((await go(client)).description, /global 'keep'/);
    assert.equal(await end(client), 0);
});

scenario('a cycle stops before anything has happened, with the whole cycle in Dying', async (client) => {
    const path = programPath('cycle.py');
    await client.launch({ program: path }, () => setLines(client, path, [lineOf(path, '# break: made')]));
    await client.stopped();
    const ids = {};
    for (const name of ['a', 'b']) {
        const memory = await memoryOf(client, 'Locals', name);
        ids[name] = memory.get('id').value;
        assert.match(memory.get('refcount').value, /^2 /);
    }
    const memory = await find(client, 'Locals', 'a', 'memory');
    const info = await client.request('dataBreakpointInfo', {
        variablesReference: memory.variablesReference,
        name: 'life',
    });
    await client.request('setDataBreakpoints', { breakpoints: [{ dataId: info.dataId }] });
    const stop = await go(client);
    assert.equal(stop.reason, 'collect');
    assert.match(stop.description, /^collect: list 0x[0-9a-f]+, generation 2, cycle of 2$/);
    assert.equal(client.text('stdout'), 'made\ncollecting\n');
    assert.equal((await topFrame(client)).line, lineOf(path, '# break: collect'));
    const rows = await children(client, await find(client, 'Dying'));
    assert.equal(rows.length, 2);
    const found = [];
    for (const row of rows) {
        const inside = (await children(client, row)).find(({ name }) => name === 'memory');
        found.push((await children(client, inside)).find(({ name }) => name === 'id').value);
    }
    assert.deepEqual(found.sort(), Object.values(ids).sort());
    assert.equal(await end(client), 0);
    assert.equal(client.text('stdout'), 'made\ncollecting\ndone\n');
});

scenario('an object that was resurrected stops again when it dies in earnest', async (client) => {
    await client.launch({ program: programPath('resurrect.py') }, () => setFunctions(client, 'collect:Phoenix'));
    const first = await client.stopped();
    assert.match(first.description, /^collect: Phoenix /);
    assert.equal(client.text('stdout'), 'lives\n');
    const second = await go(client);
    assert.match(second.description, /^collect: Phoenix /);
    assert.equal(client.text('stdout'), 'lives\nsaved 1\n');
    assert.equal(await end(client), 0);
    assert.equal(client.text('stdout'), 'lives\nsaved 1\nends\n');
});

scenario('collect:0x… follows one object', async (client) => {
    const path = programPath('finalizer.py');
    await client.launch({ program: path }, () => setLines(client, path, [lineOf(path, '# break: call')]));
    await client.stopped();
    const id = /0x[0-9a-f]+/.exec((await memoryOf(client, 'Locals', 'keep')).get('id').value)[0];
    const set = await setFunctions(client, `collect:${id}`);
    assert.equal(set[0].verified, true);
    assert.ok((await go(client)).description.includes(id));
    assert.equal(await end(client), 0);
});

scenario('a breakpoint on a death disturbs nothing when it is not hit', async (client) => {
    const path = programPath('counting.py');
    await client.launch({ program: path }, () => setFunctions(client, 'collect:Nothing', 'collect:Node'));
    await client.event('terminated');
    assert.equal(client.text('stdout'), '4\n1\n');
    assert.ok(!client.events.some(({ event }) => event === 'stopped'));
});
