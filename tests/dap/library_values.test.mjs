// Values of the library's classes show as their repr would be, without running any code, and open to what people look for in them.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { lineOf, programPath, scenario } from './scenario.mjs';

const program = programPath('library.py');

async function atStop(client) {
    const breakpoints = [{ line: lineOf(program, '# stop') }];
    await client.launch({ program }, () => client.request('setBreakpoints', { source: { path: program }, breakpoints }));
    await client.stopped();
    const { stackFrames } = await client.request('stackTrace', { threadId: 1 });
    const { scopes } = await client.request('scopes', { frameId: stackFrames[0].id });
    const children = async (reference) => (await client.request('variables', { variablesReference: reference })).variables;
    const locals = await children(scopes[0].variablesReference);
    return { children, local: (name) => locals.find((row) => row.name === name) };
}

const withoutCount = (value) => value.replace(/ {2}rc \d+$/, '');

scenario('dataclasses, enums, named tuples and their kin show what CPython prints', async (client) => {
    const printed = execFileSync('/usr/bin/python3.11', [program], { encoding: 'utf8' }).trim().split('\n');
    assert.equal(printed.length, 12);
    const { local } = await atStop(client);
    for (const line of printed) {
        const [name, text] = line.split('\t');
        assert.equal(withoutCount(local(name).value), text, name);
    }
    assert.match(local('own').value, /^<OwnRepr object at 0x[0-9a-f]+> {2}rc 1$/);
});

scenario('weak containers open to their entries, alive or dead', async (client) => {
    const { children, local } = await atStop(client);
    const rows = async (name) => (await children(local(name).variablesReference)).map((row) => [row.name, row.value]);
    const values = await rows('values');
    assert.match(values[0][1], /^<Target object at/);
    assert.deepEqual(values[1], ["'lost'", 'dead']);
    const [key] = await rows('keys');
    assert.match(key[0], /^<Target object at/);
    assert.match(key[1], /^'value'/);
    const [member] = await rows('members');
    assert.match(member[1], /^<Target object at/);
});

scenario('an exception opens to the frames that it went through, with their names', async (client) => {
    const { children, local } = await atStop(client);
    const traceback = (await children(local('caught').variablesReference)).find((row) => row.name === 'traceback');
    const frames = (await children(traceback.variablesReference)).filter((row) => row.name !== 'memory');
    assert.deepEqual(frames.map((row) => row.name.split(',')[0]), ['main', 'fail', 'fail', 'fail', 'fail']);
    const innermost = await children(frames.at(-1).variablesReference);
    assert.match(innermost.find((row) => row.name === 'inner').value, /^\[0\]/);
});
