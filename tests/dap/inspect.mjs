// How scenarios look at a stopped program.
import assert from 'node:assert/strict';

export async function frames(client) {
    return (await client.request('stackTrace', { threadId: 1 })).stackFrames;
}

export async function topFrame(client) {
    return (await frames(client))[0];
}

export async function scopes(client, frameId) {
    frameId ??= (await topFrame(client)).id;
    return (await client.request('scopes', { frameId })).scopes;
}

export async function children(client, row, more = {}) {
    assert.ok(row.variablesReference > 0, `${row.name} cannot be expanded`);
    const args = { variablesReference: row.variablesReference, ...more };
    return (await client.request('variables', args)).variables;
}

// Goes down by names: find(client, 'Locals', 'a', 'memory', 'refcount').
export async function find(client, scope, ...names) {
    const all = await scopes(client);
    let row = all.find(({ name }) => name === scope);
    assert.ok(row, `no scope ${scope} among ${all.map(({ name }) => name)}`);
    for (const name of names) {
        const rows = await children(client, row);
        const next = rows.find((one) => one.name === name);
        assert.ok(next, `${row.name} has no ${name} among ${rows.map((one) => one.name)}`);
        row = next;
    }
    return row;
}

export async function memoryOf(client, ...path) {
    const rows = await children(client, await find(client, ...path, 'memory'));
    return new Map(rows.map((row) => [row.name, row]));
}

export async function holdersOf(client, ...path) {
    const holders = (await memoryOf(client, ...path)).get('holders');
    if (holders.variablesReference === 0) return [];
    return (await children(client, holders)).map(({ name }) => name);
}

export async function go(client, command = 'continue') {
    await client.request(command, { threadId: 1 });
    return client.stopped();
}

export async function setLines(client, path, lines) {
    const body = await client.request('setBreakpoints', {
        source: { path },
        breakpoints: lines.map((line) => ({ line })),
    });
    return body.breakpoints;
}

export async function end(client) {
    await client.request('continue', { threadId: 1 });
    const { body } = await client.event('exited');
    await client.event('terminated');
    return body.exitCode;
}

// Opens everything that can be opened, as a curious person would; bounded.
export async function expandAll(client, { most = 400, depth = 5 } = {}) {
    let left = most;
    for (const frame of (await frames(client)).slice(0, 5)) {
        let level = await scopes(client, frame.id);
        for (let i = 0; i < depth && level.length && left > 0; ++i) {
            const next = [];
            for (const row of level) {
                if (row.variablesReference === 0 || left-- <= 0) continue;
                const paged = row.indexedVariables > 100 ? { start: 0, count: 100 } : {};
                next.push(...(await children(client, row, paged)));
            }
            level = next;
        }
    }
}
