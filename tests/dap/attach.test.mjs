// A program that was started with `run --listen`: clients attach one after the other, through the adapter and directly.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import test from 'node:test';
import { DapClient } from './client.mjs';
import { refscopePath } from '../lsp/message_stream.mjs';
import { lineOf, programPath, withTranscript } from './scenario.mjs';

const program = programPath('endless.py');

/** Starts the program; `port` is where it listens. */
async function listening(options = []) {
    const child = spawn(refscopePath(), ['run', '--listen', '127.0.0.1:0', ...options, program], { stdio: ['ignore', 'pipe', 'pipe'] });
    const started = { child, output: '', errors: '', exited: once(child, 'exit') };
    child.stdout.on('data', (text) => (started.output += text));
    await new Promise((resolve, reject) => {
        child.stderr.on('data', (text) => {
            started.errors += text;
            const found = /^refscope: listening on 127\.0\.0\.1:(\d+)$/m.exec(started.errors);
            if (found) resolve((started.port = Number(found[1])));
        });
        child.on('exit', () => reject(new Error(started.errors)));
    });
    return started;
}

async function attach(client, args, configure = async () => {}) {
    await client.initialize();
    const attached = client.request('attach', args);
    attached.catch(() => {});
    await Promise.race([client.event('initialized'), attached.then(() => client.event('initialized'))]);
    await configure(client);
    await client.request('configurationDone');
    await attached;
}

const breakInTurn = (client) =>
    client.request('setBreakpoints', { source: { path: program }, breakpoints: [{ line: lineOf(program, 'stop here') }] });

async function stopsInTurn(client) {
    const stop = await client.stopped();
    assert.equal(stop.reason, 'breakpoint');
    const { stackFrames } = await client.request('stackTrace', { threadId: 1 });
    assert.equal(stackFrames[0].name, 'turn');
    const { result } = await client.request('evaluate', { expression: 'kept', frameId: stackFrames[0].id, context: 'hover' });
    assert.match(result, /^\[\d+\] {2}rc 1$/);
}

function attachTest(name, body) {
    test(name, { timeout: 60_000 }, async () => {
        const clients = [];
        const context = {
            adapter() {
                clients.push(DapClient.start());
                return clients.at(-1);
            },
            async direct(port) {
                clients.push(await DapClient.connect(port));
                return clients.at(-1);
            },
            async start(options) {
                return (context.started = await listening(options));
            },
        };
        try {
            await body(context);
            for (const client of clients) client.check();
        } catch (error) {
            throw clients.length ? withTranscript(error, clients.at(-1)) : error;
        } finally {
            for (const client of clients) client.kill();
            context.started?.child.kill('SIGKILL');
        }
    });
}

attachTest('with --wait the program begins when the first client has configured its breakpoints', async ({ adapter, start }) => {
    const { port, child } = await start(['--wait']);
    await new Promise((done) => setTimeout(done, 200));
    assert.equal(child.exitCode, null);
    const client = adapter();
    await attach(client, { port }, breakInTurn);
    await stopsInTurn(client);
    await client.close();
});

attachTest('a client may come while the program runs, go, and another one come', async ({ adapter, direct, start }) => {
    const started = await start();
    for (const make of [() => direct(started.port), adapter, () => direct(started.port)]) {
        const client = await make();
        await attach(client, { port: started.port }, breakInTurn);
        await stopsInTurn(client);
        await client.request('disconnect', {});
        client.closing = true;
    }
    const last = await direct(started.port);
    await attach(last, {}, async () => {});
    await last.request('pause', { threadId: 1 });
    await last.stopped();
    const { stackFrames } = await last.request('stackTrace', { threadId: 1 });
    await last.request('evaluate', {
        expression: "import sys; sys.modules['__main__'].running = False", frameId: stackFrames[0].id, context: 'repl',
    });
    await last.request('continue', { threadId: 1 });
    assert.equal((await last.event('exited')).body.exitCode, 0);
    await last.event('terminated');
    assert.deepEqual(await started.exited, [0, null]);
    assert.equal(started.output, 'on the way\n');
});

attachTest('a client that vanishes at a stop leaves the program running, without its breakpoints', async ({ direct, start }) => {
    const started = await start();
    const first = await direct(started.port);
    await attach(first, {}, breakInTurn);
    await stopsInTurn(first);
    first.hangUp();
    const second = await direct(started.port);
    await attach(second, {});
    await second.request('pause', { threadId: 1 });
    assert.equal((await second.stopped()).reason, 'pause');
    await second.request('disconnect', { terminateDebuggee: true });
    second.closing = true;
    assert.deepEqual(await started.exited, [0, null]);
});

attachTest('who does not know the token is refused, and ends nothing', async ({ adapter, direct, start }) => {
    const started = await start(['--token', 'open sesame']);
    const stranger = await direct(started.port);
    await stranger.initialize();
    const refusal = await stranger.refused('attach', { token: 'guess' });
    assert.match(refusal.message, /token/);
    stranger.kill();
    const bold = await direct(started.port);
    await bold.initialize();
    await assert.rejects(bold.request('threads', {}));
    bold.kill();
    const client = await direct(started.port);
    await attach(client, { token: 'open sesame' }, breakInTurn);
    await stopsInTurn(client);
    assert.match((await client.refused('launch', { program })).message, /attach/);
    assert.equal(started.child.exitCode, null);
});

test('an address that others can reach is refused without a token', async () => {
    const child = spawn(refscopePath(), ['run', '--listen', '0.0.0.0:0', program], { stdio: ['ignore', 'ignore', 'pipe'] });
    let errors = '';
    child.stderr.on('data', (text) => (errors += text));
    assert.deepEqual(await once(child, 'exit'), [2, null]);
    assert.match(errors, /^refscope: --listen: 0\.0\.0\.0 can be reached from other machines; [^\n]*\n$/);
});
