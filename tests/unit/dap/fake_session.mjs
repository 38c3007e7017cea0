// A debuggee without a virtual machine, for the adapter's unit tests. It is started as the adapter
// starts `refscope run`: `--session FD -c SCRIPT`, or `--session-connect PATH -c SCRIPT`, where
// SCRIPT is a JSON list of steps that it takes once it is configured:
//   ["out", text] ["err", text]   write to the real standard output or error
//   ["fill", char, count]         that many of a character to standard output
//   ["bytes", [..]]               raw bytes to standard output
//   ["drain"]                     ask the adapter to take what has been written
//   ["event", name, body]         send an event
//   ["stop", reason]              a stopped event, then wait for `continue`
//   ["read"]                      read standard input to its end and say how much there was
//   ["env", name] ["cwd"]         write a fact about the process to standard output
//   ["exit", code]                end, with the `exited` event first
//   ["signal", name]              die of a signal
//   ["hang"]                      do nothing more
// Requests: the usual ones; `evaluate` answers with its expression, "never" is not answered, "die"
// kills the process with SIGSEGV.
import { closeSync, readSync, writeSync } from 'node:fs';
import net from 'node:net';

const argv = process.argv.slice(2);
const flag = argv.indexOf('--session') >= 0 ? '--session' : '--session-connect';
const target = argv[argv.indexOf(flag) + 1];
const script = JSON.parse(argv[argv.indexOf('-c') + 1]);
const socket = flag === '--session' ? new net.Socket({ fd: Number(target) }) : net.connect(target);

let seq = 1;
let nextBreakpoint = 1;
let resume = null;
let buffered = Buffer.alloc(0);
const answers = new Map();

function send(message) {
    const body = Buffer.from(JSON.stringify({ seq: seq++, ...message }));
    socket.write(`Content-Length: ${body.length}\r\n\r\n`);
    socket.write(body);
}
const event = (name, body) => send({ type: 'event', event: name, body });
const ask = (command) =>
    new Promise((done) => {
        answers.set(seq, done);
        send({ type: 'request', command });
    });

const steps = {
    out: (text) => writeSync(1, text),
    err: (text) => writeSync(2, text),
    fill: (char, count) => {
        let text = Buffer.from(char.repeat(count));
        while (text.length) text = text.subarray(writeSync(1, text));
    },
    bytes: (list) => writeSync(1, Buffer.from(list)),
    drain: () => ask('refscope/drain'),
    event,
    stop: (reason) => {
        event('stopped', { reason, threadId: 1, allThreadsStopped: true });
        return new Promise((done) => (resume = done));
    },
    read: () => {
        const count = readSync(0, Buffer.alloc(100));
        writeSync(1, `read ${count} bytes\n`);
    },
    env: (name) => writeSync(1, `${name}=${process.env[name]}\n`),
    cwd: () => writeSync(1, `${process.cwd()}\n`),
    exit: (code) =>
        new Promise(() => {
            event('exited', { exitCode: code });
            socket.end(() => process.exit(code));
        }),
    signal: (name) => {
        process.kill(process.pid, name);
        return new Promise(() => {});
    },
    hang: () => new Promise(() => setInterval(() => {}, 1000)),
};

async function run() {
    for (const [name, ...args] of script) await steps[name](...args);
    await steps.exit(0);
}

function breakpoints(list) {
    return {
        breakpoints: (list ?? []).map((one) => {
            const id = one.refscopeId ?? nextBreakpoint;
            nextBreakpoint = Math.max(nextBreakpoint, id + 1);
            return { id, verified: true, line: one.line };
        }),
    };
}

const requests = {
    initialize: () => ({}),
    launch: () => {
        setImmediate(() => event('initialized'));
    },
    setBreakpoints: (args) => breakpoints(args.breakpoints),
    setFunctionBreakpoints: (args) => breakpoints(args.breakpoints),
    setExceptionBreakpoints: () => ({}),
    configurationDone: () => {
        setImmediate(run);
    },
    threads: () => ({ threads: [{ id: 1, name: 'main' }] }),
    evaluate: (args) => {
        if (args.expression === 'die') process.kill(process.pid, 'SIGSEGV');
        if (args.expression === 'never') return undefined;
        return { result: args.expression, variablesReference: 0 };
    },
    continue: () => {
        setImmediate(() => resume?.());
        return { allThreadsContinued: true };
    },
    terminate: () => {
        setImmediate(() => steps.exit(0));
    },
    disconnect: () => {},
};

function receive(message) {
    if (message.type === 'response') {
        answers.get(message.request_seq)?.(message);
        answers.delete(message.request_seq);
        return;
    }
    const handler = requests[message.command];
    if (message.command === 'evaluate' && message.arguments.expression === 'never') return;
    const reply = { type: 'response', request_seq: message.seq, command: message.command };
    if (!handler) {
        send({ ...reply, success: false, message: `unknown command '${message.command}'` });
        return;
    }
    send({ ...reply, success: true, body: handler(message.arguments ?? {}) });
}

socket.on('data', (chunk) => {
    buffered = Buffer.concat([buffered, chunk]);
    for (;;) {
        const end = buffered.indexOf('\r\n\r\n');
        if (end < 0) return;
        const length = Number(/Content-Length: (\d+)/i.exec(buffered.subarray(0, end))[1]);
        if (buffered.length < end + 4 + length) return;
        const body = buffered.subarray(end + 4, end + 4 + length).toString();
        buffered = buffered.subarray(end + 4 + length);
        receive(JSON.parse(body));
    }
});
socket.on('end', () => process.exit(70));
socket.on('error', () => process.exit(71));
