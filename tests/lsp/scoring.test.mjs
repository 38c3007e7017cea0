// Every exact count that hover states is held against CPython: generated programs, and the conformance programs, run by
// /usr/bin/python3.11 with a probe after each statement (scoring_probe.py). A wrong number fails; so does a poor share of
// names with an exact one.
import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { MessageStream, refscopePath } from './message_stream.mjs';
import { kPreludeLines, scoringProgram } from './scoring_programs.mjs';

const kHere = path.dirname(fileURLToPath(import.meta.url));
const kPrograms = Number(process.env.REFSCOPE_SCORING_PROGRAMS ?? 200);
const kFirstSeed = Number(process.env.REFSCOPE_SCORING_SEED ?? 1);

// A client without validation of the messages (hover.test.mjs has it): there are tens of thousands.
class Client {
    #next = 1;
    #waiting = new Map();

    constructor() {
        this.process = spawn(refscopePath(), ['lsp'], { stdio: ['pipe', 'pipe', 'inherit'] });
        this.stream = new MessageStream(this.process.stdout, this.process.stdin);
        this.stream.onMessage = (message) => {
            if (!('id' in message) || 'method' in message) return;
            const { resolve, reject } = this.#waiting.get(message.id);
            this.#waiting.delete(message.id);
            if (message.error) reject(new Error(message.error.message));
            else resolve(message.result);
        };
        this.stream.onGarbage = (text) => assert.fail(`not a message: ${text}`);
        this.stream.onEnd = () => {
            for (const { reject } of this.#waiting.values()) reject(new Error('the server ended'));
        };
    }
    request(method, params) {
        const id = this.#next++;
        this.stream.send({ jsonrpc: '2.0', id, method, params });
        return new Promise((resolve, reject) => this.#waiting.set(id, { resolve, reject }));
    }
    notify(method, params) {
        this.stream.send({ jsonrpc: '2.0', method, params });
    }
    async initialize() {
        await this.request('initialize', { processId: process.pid, rootUri: null, capabilities: {} });
        this.notify('initialized', {});
    }
    async close() {
        await this.request('shutdown');
        this.notify('exit');
    }
}

async function probed(files) {
    const script = path.join(kHere, 'scoring_probe.py');
    const { stdout } = await promisify(execFile)('/usr/bin/python3.11', ['-W', 'ignore', script, ...files], {
        maxBuffer: 1 << 28,
    });
    return new Map(
        stdout
            .trim()
            .split('\n')
            .map((line) => JSON.parse(line))
            .map((one) => [one.file, one]),
    );
}

// Where names stand from a line on, each once a line and the first and last of the same in one line.
function* occurrences(text, from) {
    const lines = text.split(/\r\n|\r|\n/);
    for (const [line, content] of lines.entries()) {
        if (line < from) continue;
        const ends = new Map();
        for (const match of content.matchAll(/[\p{L}_][\p{L}\p{N}_]*/gu)) {
            const places = ends.get(match[0]) ?? [];
            ends.set(match[0], places.length < 2 ? [...places, match.index] : [places[0], match.index]);
        }
        for (const [name, places] of ends) yield* places.map((character) => ({ line, character, name }));
    }
}

function understood(markdown) {
    const released = /refcount (\d+) → (\d+)/.exec(markdown);
    const exact = /refcount (\d+)/.exec(markdown);
    const least = /refcount ≥ (\d+)/.exec(markdown);
    const between = /references (\d+)–(\d+)/.exec(markdown);
    const after = Number(/after line (\d+)/.exec(markdown)[1]);
    if (released) return { after, released: [Number(released[1]), Number(released[2])] };
    if (exact) return { after, exact: Number(exact[1]) };
    if (/\*\*shared\*\*/.test(markdown)) return { after, shared: true };
    if (least && !markdown.includes('→')) return { after, low: Number(least[1]), high: Infinity };
    if (between && !markdown.includes('→')) return { after, low: Number(between[1]), high: Number(between[2]) };
    return { after };
}

function mistake(fact, truth) {
    if (fact.released && truth.released) {
        const [before, after] = fact.released;
        const fits = truth.released.every(([one, other]) => one === before && (other === after || other === -1));
        return fits ? undefined : truth.released;
    }
    const counts = truth.counts ?? [];
    if (fact.exact !== undefined && counts.some((count) => count !== fact.exact)) return counts;
    if (fact.shared && truth.shared === false) return 'an object of its own';
    if (fact.low !== undefined && counts.some((count) => count < fact.low || count > fact.high)) return counts;
    return undefined;
}

async function score(files, preludeLines = 0) {
    const truths = await probed(files);
    const client = new Client();
    try {
        return await scoreWith(client, files, truths, preludeLines);
    } finally {
        client.process.kill();
    }
}

async function scoreWith(client, files, truths, preludeLines) {
    await client.initialize();
    const total = { wrong: [], exact: 0, named: 0, covered: 0, shared: 0, stopped: [] };
    for (const file of files) {
        const text = readFileSync(file, 'utf8');
        const uri = `file://${file}`;
        client.notify('textDocument/didOpen', { textDocument: { uri, languageId: 'python', version: 1, text } });
        const { probes, bound, problem } = truths.get(file);
        if (problem) total.stopped.push(`${file}: ${problem}`);
        const truth = new Map();
        for (const probe of probes) {
            const key = `${probe.line} ${probe.name}`;
            truth.set(key, { ...truth.get(key), ...probe });
        }
        const names = new Set(probes.map((probe) => probe.name));
        const asked = [...occurrences(text, file === files[0] ? 0 : preludeLines)].filter((one) => names.has(one.name));
        const answers = await Promise.all(
            asked.map((one) => client.request('textDocument/hover', { textDocument: { uri }, position: { line: one.line, character: one.character } })),
        );
        const stated = new Map();
        for (const [i, answer] of answers.entries()) {
            if (!answer) continue;
            const fact = understood(answer.contents.value);
            const key = `${fact.after} ${asked[i].name}`;
            const known = truth.get(key);
            if (!known || !answer.contents.value.startsWith(`\`${asked[i].name}\``)) continue;
            stated.set(key, fact);
            if (fact.exact !== undefined || fact.released) total.exact++;
            const problem = mistake(fact, known);
            if (problem !== undefined) {
                total.wrong.push(`${file}:${fact.after} ${asked[i].name}: ${JSON.stringify(fact)}, in truth ${JSON.stringify(problem)}`);
            }
        }
        for (const [line, name] of bound) {
            const key = `${line} ${name}`;
            if (!truth.has(key) || (line <= preludeLines && file !== files[0])) continue;
            const fact = stated.get(key);
            if (fact?.shared) {
                total.shared++;
                continue;
            }
            total.named++;
            if (fact?.exact !== undefined || fact?.released) total.covered++;
        }
        client.notify('textDocument/didClose', { textDocument: { uri } });
    }
    await client.close();
    return total;
}

function report(t, what, total) {
    const share = ((100 * total.covered) / total.named).toFixed(1);
    t.diagnostic(
        `${what}: ${total.exact} exact counts, ${total.wrong.length} wrong; ` +
            `${total.covered} of ${total.named} bound names (${share} %) exact, ${total.shared} more shared`,
    );
}

test('in generated programs no exact count is wrong and most names have one', async (t) => {
    const folder = mkdtempSync(path.join(tmpdir(), 'refscope-scoring-'));
    try {
        const files = Array.from({ length: kPrograms }, (_, i) => {
            const file = path.join(folder, `program_${kFirstSeed + i}.py`);
            writeFileSync(file, scoringProgram(kFirstSeed + i));
            return file;
        });
        const total = await score(files, kPreludeLines);
        report(t, `${kPrograms} programs`, total);
        assert.deepEqual(total.stopped, []);
        assert.deepEqual(total.wrong, []);
        assert.ok(total.covered >= 0.6 * total.named, `${total.covered} of ${total.named}`);
    } finally {
        rmSync(folder, { recursive: true });
    }
});

test('in the conformance programs no exact count is wrong', async (t) => {
    const root = path.join(kHere, '../conformance');
    const files = readdirSync(root, { withFileTypes: true })
        .filter((entry) => entry.isDirectory())
        .flatMap((entry) => readdirSync(path.join(root, entry.name)).map((name) => path.join(root, entry.name, name)))
        .filter((file) => file.endsWith('.py'));
    assert.ok(files.length > 0);
    const total = await score(files);
    report(t, `${files.length} conformance programs`, total);
    assert.deepEqual(total.wrong, []);
});

test('in programs that act at a distance no exact count is wrong', async (t) => {
    const root = path.join(kHere, 'scoring');
    const files = readdirSync(root).map((name) => path.join(root, name));
    const total = await score(files);
    report(t, `${files.length} written programs`, total);
    assert.deepEqual(total.stopped, []);
    assert.deepEqual(total.wrong, []);
});
