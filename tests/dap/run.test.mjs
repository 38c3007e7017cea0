// Running, stopping and stepping through the real binary.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { end, find, frames, go, setLines, topFrame } from './inspect.mjs';
import { lineOf, programPath, scenario } from './scenario.mjs';

const steps = programPath('steps.py');
const at = (text) => lineOf(steps, `# break: ${text}`);

scenario('stopOnEntry stops before the first line, once', async (client) => {
    await client.launch({ program: steps, stopOnEntry: true });
    const stop = await client.stopped();
    assert.equal(stop.reason, 'entry');
    assert.equal(stop.threadId, 1);
    const frame = await topFrame(client);
    assert.equal(frame.name, '<module>');
    assert.equal(frame.source.path, steps);
    assert.equal(client.text('stdout'), '');
    assert.equal(await end(client), 0);
    assert.equal(client.text('stdout'), '3\n');
});

scenario('a program that is not stopped runs to its end', async (client) => {
    await client.launch({ program: steps });
    assert.equal((await client.event('exited')).body.exitCode, 0);
    await client.event('terminated');
    assert.equal(client.text('stdout'), '3\n');
    const { body } = await client.event('process');
    assert.equal(body.name, 'steps.py');
});

scenario('a breakpoint stops before its line, and names itself', async (client) => {
    let set;
    await client.launch({ program: steps }, async () => {
        set = await setLines(client, steps, [at('outer')]);
    });
    assert.equal(set[0].verified, true);
    const stop = await client.stopped();
    assert.equal(stop.reason, 'breakpoint');
    assert.deepEqual(stop.hitBreakpointIds, [set[0].id]);
    const stack = await frames(client);
    assert.deepEqual(stack.map(({ name, line }) => [name, line]), [
        ['outer', at('outer')],
        ['<module>', at('start')],
    ]);
    assert.equal(await end(client), 0);
});

scenario('a breakpoint on a line without code moves to the next one with code', async (client) => {
    await client.launch({ program: steps, stopOnEntry: true });
    await client.stopped();
    const set = await setLines(client, steps, [1, at('inner')]);
    assert.equal(set[0].verified, true);
    assert.equal(set[0].line, 3);
    assert.equal(set[1].line, at('inner'));
});

scenario('breakpoints of a file are replaced as a whole', async (client) => {
    await client.launch({ program: steps, stopOnEntry: true }, () => setLines(client, steps, [at('inner')]));
    await client.stopped();
    await setLines(client, steps, [at('print')]);
    await go(client);
    assert.equal((await topFrame(client)).line, at('print'));
    assert.equal(await end(client), 0);
});

scenario('next stays in the frame, stepIn enters, stepOut leaves', async (client) => {
    await client.launch({ program: steps }, () => setLines(client, steps, [at('outer')]));
    await client.stopped();
    assert.equal((await go(client, 'next')).reason, 'step');
    assert.equal((await topFrame(client)).line, at('outer') + 1);
    await go(client, 'stepIn');
    let frame = await topFrame(client);
    assert.equal(frame.name, 'inner');
    assert.equal(frame.line, at('inner'));
    await go(client, 'stepOut');
    frame = await topFrame(client);
    assert.equal(frame.name, 'outer');
    await go(client, 'stepOut');
    assert.equal((await topFrame(client)).name, '<module>');
    await go(client, 'next');
    assert.equal((await topFrame(client)).line, at('print'));
    assert.equal(await end(client), 0);
});

scenario('stepping over the last line ends the program', async (client) => {
    await client.launch({ program: steps }, () => setLines(client, steps, [at('print')]));
    await client.stopped();
    await client.request('next', { threadId: 1 });
    await client.event('terminated');
    assert.equal(client.text('stdout'), '3\n');
});

scenario('a function breakpoint stops on the first line of the body', async (client) => {
    await client.launch({ program: steps }, async () => {
        await client.request('setFunctionBreakpoints', { breakpoints: [{ name: 'inner' }] });
    });
    const stop = await client.stopped();
    assert.equal(stop.reason, 'function breakpoint');
    const frame = await topFrame(client);
    assert.deepEqual([frame.name, frame.line], ['inner', at('inner')]);
    await client.request('setFunctionBreakpoints', { breakpoints: [] });
    assert.equal(await end(client), 0);
});

scenario('output keeps its order, and comes before the stop that follows it', async (client) => {
    const path = programPath('output.py');
    await client.launch({ program: path }, () => setLines(client, path, [lineOf(path, '# break: after')]));
    await client.stopped();
    const seen = client.output
        .filter(({ category }) => category === 'stdout' || category === 'stderr')
        .map(({ output }) => output)
        .join('');
    let expected = '';
    for (let i = 0; i < 5; ++i) expected += `out ${i}\nerr ${i}\n`;
    assert.equal(seen, `${expected}no newline`);
    assert.equal(await end(client), 3);
});

scenario('noDebug gives the same output and does not stop', async (client) => {
    const path = programPath('output.py');
    await client.launch({ program: path, noDebug: true, stopOnEntry: true }, () =>
        setLines(client, path, [lineOf(path, '# break: after')]),
    );
    assert.equal((await client.event('exited')).body.exitCode, 3);
    assert.equal(client.text('stdout').split('\n').length, 7);
    assert.ok(!client.events.some(({ event }) => event === 'stopped'));
});

scenario('arguments, folder, environment and code are as asked', async (client) => {
    await client.launch({
        code: 'import sys\nprint(sys.argv)\nprint(len(sys.path) > 0)',
        args: ['one', 'two words', '--flag', 'ünï'],
        cwd: '/usr',
        env: { PYTHONHASHSEED: '3' },
    });
    await client.event('terminated');
    assert.equal(client.text('stdout'), "['-c', 'one', 'two words', '--flag', 'ünï']\nTrue\n");
});

scenario('an exception that nobody catches is printed as python3.11 prints it', async (client) => {
    const code = 'def f():\n    raise ValueError("bad")\nf()';
    await client.launch({ code }, () =>
        client.request('setExceptionBreakpoints', { filters: [] }),
    );
    assert.equal((await client.event('exited')).body.exitCode, 1);
    const oracle = spawnSync('/usr/bin/python3.11', ['-c', code]);
    assert.equal(client.text('stderr'), oracle.stderr.toString());
});

scenario('a syntax error is printed, and the status is 1', async (client) => {
    await client.launch({ code: 'x = (1,\n' });
    assert.equal((await client.event('exited')).body.exitCode, 1);
    assert.match(client.text('stderr'), /SyntaxError: '\(' was never closed/);
});

scenario('the input is empty in the internal console', async (client) => {
    await client.launch({ code: 'try:\n    input()\nexcept EOFError:\n    print("empty")' });
    await client.event('terminated');
    assert.equal(client.text('stdout'), 'empty\n');
});

// Time limits are the contract's 100 ms with room for a loaded machine.
const kPrompt = 1000;

scenario('a busy loop can be paused, and answers breakpoints meanwhile', async (client) => {
    const busy = programPath('busy.py');
    await client.launch({ program: busy });
    await new Promise((done) => setTimeout(done, 200));
    await client.request('threads', undefined, { timeout: kPrompt });
    await client.request(
        'setBreakpoints',
        { source: { path: busy }, breakpoints: [] },
        { timeout: kPrompt },
    );
    await client.request('pause', { threadId: 1 }, { timeout: kPrompt });
    const stop = await client.stopped({ timeout: kPrompt });
    assert.equal(stop.reason, 'pause');
    assert.match((await find(client, 'Locals', 'total')).value, /^\d+/);
    await setLines(client, busy, [lineOf(busy, '# break: loop')]);
    assert.equal((await go(client)).reason, 'breakpoint');
});

scenario('a sleeping program can be paused', async (client) => {
    await client.launch({ code: 'import time\nprint("sleeping", flush=True)\ntime.sleep(60)' });
    await client.event('output', { matches: (body) => body.output.includes('sleeping') });
    await client.request('threads', undefined, { timeout: kPrompt });
    await client.request('pause', { threadId: 1 }, { timeout: kPrompt });
    assert.equal((await client.stopped({ timeout: kPrompt })).reason, 'pause');
});

scenario('terminate ends a program that computes', async (client) => {
    await client.launch({ program: programPath('busy.py') });
    await client.request('terminate', {});
    await client.event('terminated');
});

scenario('disconnect ends a program that computes', async (client) => {
    await client.launch({ program: programPath('busy.py') });
    const { body } = await client.event('process');
    client.closing = true;
    await client.request('disconnect', {});
    await client.ended();
    assert.throws(() => process.kill(body.systemProcessId, 0));
});

scenario('a program that is killed is reported with its signal, and the adapter answers', async (client) => {
    await client.launch({ program: programPath('busy.py') });
    const { body } = await client.event('process');
    process.kill(body.systemProcessId, 'SIGSEGV');
    const exited = await client.event('exited');
    assert.equal(exited.body.exitCode, 139);
    await client.event('terminated');
    assert.ok(client.output.some(({ output }) => output.includes('SIGSEGV')));
    assert.deepEqual((await client.request('threads')).threads, []);
});

scenario('restart runs again with the same breakpoints and no second initialized', async (client) => {
    await client.launch({ program: steps }, () => setLines(client, steps, [at('print')]));
    const first = await client.stopped();
    await client.request('restart', {});
    const second = await client.stopped();
    assert.deepEqual(second.hitBreakpointIds, first.hitBreakpointIds);
    assert.ok(!client.events.some(({ event }) => event === 'initialized'));
    assert.equal(await end(client), 0);
    assert.equal(client.text('stdout'), '3\n');
});

scenario('requests about a program that runs are refused, not left open', async (client) => {
    await client.launch({ program: programPath('busy.py') });
    for (const [command, args] of [
        ['stackTrace', { threadId: 1 }],
        ['scopes', { frameId: 1 }],
        ['variables', { variablesReference: 1 }],
        ['continue', { threadId: 1 }],
        ['next', { threadId: 1 }],
    ]) {
        await client.refused(command, args);
    }
});

scenario('references of an earlier stop are refused', async (client) => {
    await client.launch({ program: steps }, () => setLines(client, steps, [at('outer'), at('print')]));
    await client.stopped();
    const row = await find(client, 'Locals');
    await go(client);
    await client.refused('scopes', { frameId: 4711 });
    await client.refused('variables', { variablesReference: 4711 });
    assert.ok(row.variablesReference > 0);
});

scenario('a program in a terminal reports over its socket', async (client) => {
    const { spawn } = await import('node:child_process');
    let child;
    client.onRequest('runInTerminal', ({ args, cwd, env }) => {
        child = spawn(args[0], args.slice(1), {
            cwd,
            env: { ...process.env, ...env },
            stdio: ['pipe', 'pipe', 'inherit'],
        });
        child.stdin.end('typed\n');
        return { processId: child.pid };
    });
    await client.initialize({ supportsRunInTerminalRequest: true });
    const launched = client.request('launch', {
        code: 'print("got", input())\nimport sys\nsys.exit(5)',
        console: 'integratedTerminal',
    });
    await client.event('initialized');
    let text = '';
    child.stdout.on('data', (chunk) => (text += chunk));
    await client.request('configurationDone');
    await launched;
    assert.equal((await client.event('exited')).body.exitCode, 5);
    await client.event('terminated');
    assert.equal(text, 'got typed\n');
});
