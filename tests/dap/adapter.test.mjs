// What the adapter does by itself, before and without a program.
import assert from 'node:assert/strict';
import test from 'node:test';
import { spawn } from 'node:child_process';
import { DapClient } from './client.mjs';
import { scenario, withTranscript } from './scenario.mjs';
import { refscopePath, within } from '../lsp/message_stream.mjs';

scenario('initialize announces capabilities without nulls', async (client) => {
    const capabilities = await client.initialize();
    assert.equal(capabilities.supportsConfigurationDoneRequest, true);
    assert.equal(capabilities.supportTerminateDebuggee, true);
    assert.equal(capabilities.supportsFunctionBreakpoints, true);
    assert.equal(capabilities.supportsDataBreakpoints, true);
    assert.ok(!JSON.stringify(capabilities).includes('null'));
    assert.equal(capabilities.supportsStepBack, undefined);
});

scenario('a second initialize is refused', async (client) => {
    await client.initialize();
    await client.refused('initialize', { adapterID: 'refscope' });
});

scenario('an unknown request gets an error that names it', async (client) => {
    await client.initialize();
    client.expectsGarbage = true;
    const response = await client.refused('frobnicate', {});
    assert.match(response.message, /frobnicate/);
    assert.match(response.body.error.variables.text, /frobnicate/);
});

scenario('a request before initialize gets an error', async (client) => {
    await client.refused('threads');
});

scenario('a request without what it needs names the missing field', async (client) => {
    await client.initialize();
    client.expectsGarbage = true;
    const response = await client.refused('launch', { program: 7 });
    assert.match(response.message, /launch: arguments\.program must be a string/);
});

scenario('well-framed bad JSON does not end the session', async (client) => {
    client.expectsGarbage = true;
    client.sendText('{"seq": 1, "type": "request", "command": "initialize"');
    client.sendText('');
    client.sendText('null');
    client.sendText('[]');
    client.sendText('"text"');
    client.sendText('\u0000\u0001');
    client.sendText('['.repeat(200_000));
    client.sendRaw({ seq: 50, type: 'request' });
    assert.equal((await client.responseTo(50)).success, false);
    client.sendRaw({ seq: 51, type: 'request', command: 'initialize', arguments: 'no object' });
    assert.equal((await client.responseTo(51)).success, false);
    client.sendRaw({ seq: 52, type: 'event', event: 'stopped' });
    client.sendRaw({ seq: 53, type: 'response', request_seq: 4711, success: true, command: 'x' });
    await client.initialize();
});

const kBrokenFrames = {
    'no length': 'Content-Type: text\r\n\r\n',
    'a length that is no number': 'Content-Length: many\r\n\r\n',
    'a negative length': 'Content-Length: -5\r\n\r\n{}',
    'a length beyond all limits': 'Content-Length: 99999999999999999999\r\n\r\n{}',
    'a length of many gigabytes': 'Content-Length: 9999999999\r\n\r\n{}',
    'a length that is too long': 'Content-Length: 5000\r\n\r\n{"seq":1}',
    'a length that reaches into the next header': 'Content-Length: 19\r\n\r\n{"seq":1}',
    'a length that is too short': 'Content-Length: 3\r\n\r\n{"seq":1,"type":"request"}',
    'text without a header': 'hello, adapter\r\n\r\n',
    'binary noise': Buffer.from([0, 255, 254, 13, 10, 13, 10, 7, 200]),
};
for (const [name, bytes] of Object.entries(kBrokenFrames)) {
    scenario(`broken framing is skipped: ${name}`, async (client) => {
        client.expectsGarbage = true;
        client.sendBytes(bytes);
        const capabilities = await client.request(
            'initialize',
            { adapterID: 'refscope' },
            { timeout: 5000 },
        );
        assert.ok(capabilities);
    });
}

scenario('a message may arrive byte by byte and headers may differ in case', async (client) => {
    const body = Buffer.from(
        JSON.stringify({
            seq: 1,
            type: 'request',
            command: 'initialize',
            arguments: { adapterID: 'refscope', clientName: 'Zoë €' },
        }),
    );
    const frame = Buffer.concat([
        Buffer.from(`content-type: x\r\nCONTENT-LENGTH: ${body.length}\r\n\r\n`),
        body,
    ]);
    client.expectsGarbage = true;
    for (const byte of frame) {
        client.sendBytes(Buffer.from([byte]));
        await new Promise(setImmediate);
    }
    while (!client.transcript.some((line) => line.includes('"success":true'))) {
        await new Promise((done) => setTimeout(done, 10));
    }
});

scenario('a missing program refuses the launch and names the path', async (client) => {
    await client.initialize();
    const response = await client.refused('launch', { program: '/no/such/program.py' });
    assert.match(response.message, /\/no\/such\/program\.py/);
    assert.equal(response.body.error.showUser, true);
});

scenario('a missing folder refuses the launch and names the path', async (client) => {
    await client.initialize();
    const response = await client.refused('launch', { code: 'pass', cwd: '/no/such/folder' });
    assert.match(response.message, /\/no\/such\/folder/);
});

scenario('a launch without a program is refused', async (client) => {
    await client.initialize();
    await client.refused('launch', {});
    await client.refused('launch', { program: '/etc/passwd', code: 'pass' });
});

scenario('after disconnect the stdio adapter exits by itself', async (client) => {
    await client.initialize();
    client.closing = true;
    await client.request('disconnect', {});
    const [code] = await within(3000, 'exit', client.exited);
    assert.equal(code, 0);
});

scenario('a client that hangs up ends the adapter', async (client) => {
    await client.initialize();
    client.closing = true;
    client.hangUp();
    const [code] = await within(3000, 'exit', client.exited);
    assert.equal(code, 0);
});

scenario('breakpoints that wait for a launch are answered when the client leaves', async (client) => {
    await client.initialize();
    const seq = client.send('setBreakpoints', { source: { path: '/x.py' }, breakpoints: [] });
    client.closing = true;
    await client.request('disconnect', {});
    assert.equal((await client.responseTo(seq)).success, false);
});

async function listening(args) {
    const server = spawn(refscopePath(), args, { stdio: ['ignore', 'ignore', 'pipe'] });
    let text = '';
    const port = await within(
        5000,
        'the line that names the port',
        new Promise((done, failed) => {
            server.stderr.on('data', (chunk) => {
                text += chunk;
                const match = /^refscope: listening on 127\.0\.0\.1:(\d+)\n/.exec(text);
                if (match) done(Number(match[1]));
            });
            server.on('exit', () => failed(new Error(`it ended: ${text}`)));
        }),
    );
    return { server, port };
}

test('over TCP one client comes after the other', async () => {
    const { server, port } = await listening(['dap', '--listen', '127.0.0.1:0']);
    try {
        for (let i = 0; i < 3; ++i) {
            const client = await DapClient.connect(port);
            try {
                await client.initialize();
                if (i === 1) {
                    client.hangUp(); // without saying goodbye
                } else {
                    client.closing = true;
                    await client.request('disconnect', {});
                    await client.ended();
                }
                client.check();
            } catch (error) {
                throw withTranscript(error, client);
            } finally {
                client.kill();
            }
        }
        assert.equal(server.exitCode, null);
    } finally {
        server.kill('SIGKILL');
    }
});

function runOnce(args) {
    return new Promise((done) => {
        const child = spawn(refscopePath(), args, { stdio: ['ignore', 'pipe', 'pipe'] });
        let stdout = '';
        let stderr = '';
        child.stdout.on('data', (chunk) => (stdout += chunk));
        child.stderr.on('data', (chunk) => (stderr += chunk));
        child.on('close', (code) => done({ code, stdout, stderr }));
    });
}

test('an address that others can reach is refused without a token', async () => {
    const { code, stderr } = await runOnce(['dap', '--listen', '0.0.0.0:0']);
    assert.notEqual(code, 0);
    assert.match(stderr, /^refscope: 0\.0\.0\.0 .*\n$/);
});

test('wrong usage ends with status 2 and one line', async () => {
    for (const args of [[], ['frob'], ['run'], ['run', '-m'], ['dap', '--listen', 'x'],
        ['dap', '--bogus'], ['run', '--wait', 'x.py'], ['dap', '--log-level', 'loud']]) {
        const { code, stdout, stderr } = await runOnce(args);
        assert.equal(code, 2, args.join(' '));
        assert.match(stderr, /^refscope: [^\n]+\n$/, args.join(' '));
        assert.equal(stdout, '');
    }
});

test('--version and --help answer on standard output', async () => {
    const version = await runOnce(['--version']);
    assert.equal(version.code, 0);
    assert.match(version.stdout, /^refscope \d+\.\d+\.\d+/);
    const help = await runOnce(['--help']);
    assert.equal(help.code, 0);
    for (const word of ['run', 'dap', 'lsp']) assert.ok(help.stdout.includes(word));
});
