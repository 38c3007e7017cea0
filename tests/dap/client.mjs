// A Debug Adapter Protocol client for the scenarios. It drives the real executable, validates every
// message in both directions, checks the numbering, and sees that each request gets exactly one
// response. What is wrong is kept and thrown by `close`, so that no scenario passes over it.
import { spawn } from 'node:child_process';
import net from 'node:net';
import { MessageStream, refscopePath, within } from '../lsp/message_stream.mjs';
import { dapValidator } from './schema/dap_validator.mjs';

export const kPatience = 10_000;

export class DapFailure extends Error {
    constructor(response) {
        super(`${response.command}: ${response.message}`);
        this.response = response;
    }
}

export class DapClient {
    #stream;
    #seq = 1;
    #serverSeq = 0;
    #requests = new Map(); // by seq: {command, promise, resolve, reject, answered}
    #watchers = [];
    #reverse = new Map();
    #ended;
    #resolveEnded;
    #problemOf = dapValidator();
    problems = [];
    events = []; // of which `event` hands out each once
    output = []; // bodies of output events
    transcript = [];
    stderr = '';
    process = null;
    exited = null; // promise of [code, signal]
    largestMessage = 0;
    expectsGarbage = false; // a scenario that sends nonsense on purpose

    static start({ args = ['dap'], env = {}, cwd } = {}) {
        const child = spawn(refscopePath(), args, {
            stdio: ['pipe', 'pipe', 'pipe'],
            env: { ...process.env, ...env },
            cwd,
        });
        const client = new DapClient(child.stdout, child.stdin);
        client.process = child;
        child.stderr.on('data', (chunk) => (client.stderr += chunk));
        client.exited = new Promise((done) => child.on('exit', (...how) => done(how)));
        child.on('error', (error) => client.problems.push(`cannot start: ${error.message}`));
        return client;
    }

    static async connect(port, host = '127.0.0.1') {
        const socket = net.connect(port, host);
        await new Promise((resolve, reject) => socket.on('connect', resolve).on('error', reject));
        const client = new DapClient(socket, socket);
        client.socket = socket;
        return client;
    }

    constructor(input, output) {
        this.#ended = new Promise((done) => (this.#resolveEnded = done));
        this.#stream = new MessageStream(input, output);
        this.#stream.onMessage = (message, size) => this.#receive(message, size);
        this.#stream.onGarbage = (text) => this.problems.push(`not a message: ${text}`);
        this.#stream.onEnd = () => {
            this.#resolveEnded();
            for (const { reject, command } of this.#requests.values()) {
                reject(new Error(`${command}: the stream ended before the response`));
            }
        };
    }

    // The body of the response; a DapFailure for one without success.
    request(command, args, { timeout = kPatience } = {}) {
        const seq = this.send(command, args);
        return this.responseTo(seq, timeout).then((response) => {
            if (!response.success) throw new DapFailure(response);
            return response.body;
        });
    }

    // The error response that a bad request must get.
    async refused(command, args, options) {
        try {
            await this.request(command, args, options);
        } catch (error) {
            if (error instanceof DapFailure) return error.response;
            throw error;
        }
        throw new Error(`${command} should have been refused`);
    }

    send(command, args) {
        const message = { seq: this.#seq++, type: 'request', command };
        if (args !== undefined) message.arguments = args;
        this.#note('client', message);
        const problem = this.#problemOf(message);
        if (problem && !this.expectsGarbage) this.problems.push(`sent: ${problem}`);
        this.#expect(message);
        this.#stream.send(message);
        return message.seq;
    }

    // Sends any JSON value as a message; its response, if it can have one, is awaited by `responseTo`.
    sendRaw(message) {
        this.#note('client', message);
        if (Number.isInteger(message?.seq)) {
            this.#seq = Math.max(this.#seq, message.seq + 1);
            this.#expect(message);
        }
        this.#stream.send(message);
    }
    sendText(text) {
        this.#stream.sendText(text);
    }
    sendBytes(bytes) {
        this.#stream.sendBytes(bytes);
    }

    responseTo(seq, timeout = kPatience) {
        const entry = this.#requests.get(seq);
        return within(timeout, `response to ${entry?.command} (seq ${seq})`, entry.promise);
    }

    #expect(message) {
        const entry = { command: message.command };
        entry.promise = new Promise((resolve, reject) => Object.assign(entry, { resolve, reject }));
        entry.promise.catch(() => {});
        this.#requests.set(message.seq, entry);
    }

    // The next event of that name (or of those names, and for which `matches` holds) that no call has
    // returned yet.
    event(names, { matches = () => true, timeout = kPatience } = {}) {
        const all = [names].flat();
        const wanted = (event) => all.includes(event.event) && matches(event.body ?? {});
        const index = this.events.findIndex(wanted);
        if (index >= 0) return Promise.resolve(this.events.splice(index, 1)[0]);
        const watcher = { wanted };
        const seen = new Promise((resolve) => (watcher.resolve = resolve));
        this.#watchers.push(watcher);
        return within(timeout, `event ${all.join(' or ')}`, seen).catch((error) => {
            this.#watchers = this.#watchers.filter((one) => one !== watcher);
            throw error;
        });
    }

    // How the client answers a request of the adapter's: returns the body, or throws.
    onRequest(command, handler) {
        this.#reverse.set(command, handler);
    }

    text(category) {
        return this.output
            .filter((body) => (body.category ?? 'console') === category)
            .map((body) => body.output)
            .join('');
    }

    // The usual beginning. `configure` is called between `initialized` and `configurationDone`.
    async initialize(more = {}) {
        return this.request('initialize', {
            adapterID: 'refscope',
            clientID: 'scenario',
            linesStartAt1: true,
            columnsStartAt1: true,
            pathFormat: 'path',
            supportsVariableType: true,
            supportsVariablePaging: true,
            supportsMemoryReferences: true,
            supportsInvalidatedEvent: true,
            ...more,
        });
    }

    async launch(args, configure = async () => {}) {
        const capabilities = await this.initialize();
        const launched = this.request('launch', args);
        launched.catch(() => {});
        await Promise.race([this.event('initialized'), launched.then(() => this.event('initialized'))]);
        await configure(this);
        await this.request('configurationDone');
        await launched;
        return capabilities;
    }

    async stopped(options) {
        return (await this.event('stopped', options)).body;
    }

    ended(timeout = kPatience) {
        return within(timeout, 'the end of the stream', this.#ended);
    }

    // disconnect, the end, and everything that was noticed on the way.
    async close() {
        try {
            if (!this.closing) {
                this.closing = true;
                await this.request('disconnect', {}).catch(() => {});
            }
        } finally {
            this.kill();
        }
        this.check();
    }

    hangUp() {
        this.#stream.end();
        this.socket?.destroy();
    }

    kill() {
        this.socket?.destroy();
        this.process?.kill('SIGKILL');
    }

    check() {
        if (this.problems.length) throw new Error(this.problems.join('\n'));
    }

    #note(side, message) {
        const text = JSON.stringify(message);
        this.transcript.push(`${side === 'client' ? '→' : '←'} ${text.slice(0, 2000)}`);
    }

    #receive(message, size) {
        this.largestMessage = Math.max(this.largestMessage, size);
        this.#note('server', message);
        const problem = this.#problemOf(message);
        if (problem) this.problems.push(`received: ${problem}\n  ${JSON.stringify(message)}`);
        if (message.seq !== this.#serverSeq + 1) {
            this.problems.push(`seq ${message.seq} follows ${this.#serverSeq}`);
        }
        this.#serverSeq = message.seq;
        if (message.type === 'response') this.#receiveResponse(message);
        else if (message.type === 'event') this.#receiveEvent(message);
        else this.#receiveRequest(message);
    }

    #receiveResponse(message) {
        const entry = this.#requests.get(message.request_seq);
        if (!entry || entry.answered) {
            // What could not be read as a request is answered too, with the number 0 at best.
            if (!this.expectsGarbage || entry) {
                this.problems.push(`a response that nothing waits for: ${JSON.stringify(message)}`);
            }
            return;
        }
        if (entry.command && message.command !== entry.command) {
            this.problems.push(`the response to ${entry.command} says ${message.command}`);
        }
        entry.answered = true;
        entry.resolve(message);
    }

    #receiveEvent(message) {
        if (message.event === 'output') this.output.push(message.body);
        const index = this.#watchers.findIndex(({ wanted }) => wanted(message));
        if (index >= 0) this.#watchers.splice(index, 1)[0].resolve(message);
        else this.events.push(message);
    }

    async #receiveRequest(message) {
        const response = {
            seq: this.#seq++,
            type: 'response',
            request_seq: message.seq,
            command: message.command,
            success: true,
        };
        try {
            const handler = this.#reverse.get(message.command);
            if (!handler) throw new Error(`the scenario does not answer ${message.command}`);
            const body = await handler(message.arguments);
            if (body !== undefined) response.body = body;
        } catch (error) {
            response.success = false;
            response.message = error.message;
        }
        this.#note('client', response);
        this.#stream.send(response);
    }
}
