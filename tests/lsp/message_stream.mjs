// Framed JSON messages over a pair of Node streams, for the clients of both protocols: strict about
// what it receives (a server must frame exactly), able to send anything.

export class MessageStream {
    #buffer = Buffer.alloc(0);
    #output;
    onMessage = () => {};
    onEnd = () => {};
    onGarbage = (text) => {
        throw new Error(`the server sent something that is not a message: ${text}`);
    };

    constructor(input, output) {
        this.#output = output;
        input.on('data', (chunk) => this.#feed(chunk));
        input.on('end', () => this.onEnd());
        input.on('close', () => this.onEnd());
        input.on('error', () => {});
        output.on('error', () => {});
    }

    send(message) {
        this.sendText(JSON.stringify(message));
    }

    // A well-formed frame around any text.
    sendText(text) {
        const body = Buffer.from(text);
        this.sendBytes(`Content-Length: ${body.length}\r\n\r\n`);
        this.sendBytes(body);
    }

    sendBytes(bytes) {
        this.#output.write(bytes);
    }

    end() {
        this.#output.end();
    }

    #feed(chunk) {
        this.#buffer = this.#buffer.length ? Buffer.concat([this.#buffer, chunk]) : chunk;
        for (;;) {
            const end = this.#buffer.indexOf('\r\n\r\n');
            if (end < 0) return;
            const header = this.#buffer.subarray(0, end).toString('latin1');
            const match = /^Content-Length: (\d+)$/.exec(header);
            if (!match) {
                this.onGarbage(header.slice(0, 200));
                return;
            }
            const from = end + 4;
            const to = from + Number(match[1]);
            if (this.#buffer.length < to) return;
            const text = new TextDecoder('utf-8', { fatal: true }).decode(
                this.#buffer.subarray(from, to),
            );
            this.#buffer = this.#buffer.subarray(to);
            this.onMessage(JSON.parse(text), to - from);
        }
    }
}

// The executable under test.
export function refscopePath() {
    return (
        process.env.REFSCOPE ??
        new URL('../../build/release/refscope', import.meta.url).pathname
    );
}

// Rejects when `promise` takes longer.
export function within(milliseconds, what, promise) {
    let timer;
    const late = new Promise((_, reject) => {
        timer = setTimeout(
            () => reject(new Error(`${what}: nothing within ${milliseconds} ms`)),
            milliseconds,
        );
    });
    return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}
