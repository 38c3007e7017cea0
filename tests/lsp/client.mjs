// A Language Server Protocol client for the scenarios: drives the real executable and validates every
// message in both directions. What is wrong is kept and thrown by `close`.
import { spawn } from 'node:child_process';
import net from 'node:net';
import { MessageStream, refscopePath, within } from './message_stream.mjs';
import { lspValidator } from './lsp_validator.mjs';

export const kPatience = 10_000;

export class RpcFailure extends Error {
    constructor(method, error) {
        super(`${method}: ${error.message}`);
        this.code = error.code;
    }
}

export class LspClient {
    #stream;
    #nextId = 1;
    #requests = new Map(); // by id: {method, resolve, reject, answered}
    #watchers = [];
    #validator = lspValidator();
    #resolveEnded;
    #versions = new Map();
    ended = new Promise((done) => (this.#resolveEnded = done));
    problems = [];
    notifications = []; // of which `notification` hands out each once
    diagnostics = new Map(); // the last published, by uri
    transcript = [];
    stderr = '';
    expectsGarbage = false;
    // Requests of the server's; the answers of a client without settings.
    answers = {
        'workspace/configuration': (params) => params.items.map(() => null),
        'client/registerCapability': () => null,
        'client/unregisterCapability': () => null,
        'window/workDoneProgress/create': () => null,
        'workspace/inlayHint/refresh': () => null,
        'workspace/inlineValue/refresh': () => null,
        'workspace/codeLens/refresh': () => null,
        'workspace/semanticTokens/refresh': () => null,
        'workspace/diagnostic/refresh': () => null,
        'workspace/applyEdit': () => ({ applied: true }),
        'workspace/workspaceFolders': () => null,
    };

    static start({ args = ['lsp'], env = {}, cwd } = {}) {
        const child = spawn(refscopePath(), args, {
            stdio: ['pipe', 'pipe', 'pipe'],
            env: { ...process.env, ...env },
            cwd,
        });
        const client = new LspClient(child.stdout, child.stdin);
        client.process = child;
        child.stderr.on('data', (chunk) => (client.stderr += chunk));
        client.exited = new Promise((done) => child.on('exit', (...how) => done(how)));
        child.on('error', (error) => client.problems.push(`cannot start: ${error.message}`));
        return client;
    }

    static async connect(port, host = '127.0.0.1') {
        const socket = net.connect(port, host);
        await new Promise((resolve, reject) => socket.on('connect', resolve).on('error', reject));
        const client = new LspClient(socket, socket);
        client.socket = socket;
        return client;
    }

    constructor(input, output) {
        this.#stream = new MessageStream(input, output);
        this.#stream.onMessage = (message) => this.#receive(message);
        this.#stream.onGarbage = (text) => this.problems.push(`not a message: ${text}`);
        this.#stream.onEnd = () => {
            this.#resolveEnded();
            for (const { method, reject } of this.#requests.values()) {
                reject(new Error(`${method}: the stream ended before the response`));
            }
        };
    }

    // The result; an RpcFailure for an error response.
    request(method, params, { timeout = kPatience } = {}) {
        const id = this.send(method, params);
        return this.responseTo(id, timeout);
    }

    async refused(method, params, options) {
        try {
            await this.request(method, params, options);
        } catch (error) {
            if (error instanceof RpcFailure) return error;
            throw error;
        }
        throw new Error(`${method} should have been refused`);
    }

    send(method, params) {
        const id = this.#nextId++;
        this.sendRaw({ jsonrpc: '2.0', id, method, params });
        return id;
    }

    responseTo(id, timeout = kPatience) {
        const entry = this.#requests.get(id);
        return within(timeout, `response to ${entry?.method} (id ${id})`, entry.promise);
    }

    notify(method, params) {
        this.sendRaw({ jsonrpc: '2.0', method, params });
    }

    cancel(id) {
        this.notify('$/cancelRequest', { id });
    }

    sendRaw(message) {
        this.#note('→', message);
        const problem = this.#validator.problemOf(message);
        if (problem && !this.expectsGarbage) this.problems.push(`sent: ${problem}`);
        if (message && 'id' in Object(message) && 'method' in message) {
            const entry = { method: message.method };
            entry.promise = new Promise((resolve, reject) => Object.assign(entry, { resolve, reject }));
            entry.promise.catch(() => {});
            this.#requests.set(message.id, entry);
        }
        this.#stream.send(message);
    }
    sendText(text) {
        this.#stream.sendText(text);
    }
    sendBytes(bytes) {
        this.#stream.sendBytes(bytes);
    }

    // The next notification of that method that no call has returned yet.
    notification(method, { matches = () => true, timeout = kPatience } = {}) {
        const wanted = (one) => one.method === method && matches(one.params ?? {});
        const index = this.notifications.findIndex(wanted);
        if (index >= 0) return Promise.resolve(this.notifications.splice(index, 1)[0].params);
        return within(
            timeout,
            method,
            new Promise((resolve) =>
                this.#watchers.push({ wanted, resolve: (one) => resolve(one.params) }),
            ),
        );
    }

    async initialize(more = {}) {
        const result = await this.request('initialize', {
            processId: process.pid,
            clientInfo: { name: 'scenario' },
            rootUri: null,
            workspaceFolders: null,
            capabilities: {
                general: { positionEncodings: ['utf-16'] },
                workspace: { configuration: true, inlayHint: { refreshSupport: true } },
                textDocument: {
                    hover: { contentFormat: ['markdown', 'plaintext'] },
                    publishDiagnostics: { versionSupport: true, relatedInformation: true },
                    documentSymbol: { hierarchicalDocumentSymbolSupport: true },
                },
            },
            ...more,
        });
        this.notify('initialized', {});
        return result;
    }

    open(uri, text, version = 1) {
        this.#versions.set(uri, version);
        this.notify('textDocument/didOpen', {
            textDocument: { uri, languageId: 'python', version, text },
        });
    }

    // Whole text, or a list of changes with ranges.
    change(uri, text, version = this.#versions.get(uri) + 1) {
        this.#versions.set(uri, version);
        this.notify('textDocument/didChange', {
            textDocument: { uri, version },
            contentChanges: Array.isArray(text) ? text : [{ text }],
        });
        return version;
    }

    closeDocument(uri) {
        this.notify('textDocument/didClose', { textDocument: { uri } });
    }

    // The diagnostics published for this version of the document.
    async diagnosticsFor(uri, version, options) {
        const params = await this.notification('textDocument/publishDiagnostics', {
            matches: (one) => one.uri === uri && (version === undefined || one.version === version),
            ...options,
        });
        return params.diagnostics;
    }

    at(uri, line, character) {
        return { textDocument: { uri }, position: { line, character } };
    }

    // shutdown, exit, status 0, and everything that was noticed on the way.
    async close() {
        try {
            await this.request('shutdown');
            this.notify('exit');
            if (this.exited) {
                const [code, signal] = await within(5000, 'exit', this.exited);
                if (code !== 0) this.problems.push(`it ended with ${code ?? signal}`);
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

    #note(arrow, message) {
        this.transcript.push(`${arrow} ${JSON.stringify(message).slice(0, 2000)}`);
    }

    #receive(message) {
        this.#note('←', message);
        const entry = 'method' in message ? null : this.#requests.get(message.id);
        const problem = this.#validator.problemOf(message, entry?.method);
        if (problem) this.problems.push(`received: ${problem}\n  ${JSON.stringify(message)}`);
        if (!('method' in message)) {
            if (!entry || entry.answered) {
                if (!this.expectsGarbage || entry) {
                    this.problems.push(`nothing waits for this: ${JSON.stringify(message)}`);
                }
                return;
            }
            entry.answered = true;
            if (message.error) entry.reject(new RpcFailure(entry.method, message.error));
            else entry.resolve(message.result);
        } else if ('id' in message) {
            this.#answer(message);
        } else {
            if (message.method === 'textDocument/publishDiagnostics') {
                this.diagnostics.set(message.params.uri, message.params);
            }
            const index = this.#watchers.findIndex(({ wanted }) => wanted(message));
            if (index >= 0) this.#watchers.splice(index, 1)[0].resolve(message);
            else this.notifications.push(message);
        }
    }

    #answer(message) {
        const handler = this.answers[message.method];
        const response = { jsonrpc: '2.0', id: message.id };
        if (handler) response.result = handler(message.params);
        else response.error = { code: -32601, message: `unknown method ${message.method}` };
        this.#note('→', response);
        this.#stream.send(response);
    }
}
