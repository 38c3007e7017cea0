// A scenario: a test with a client of its own that is closed and checked at the end, and whose
// transcript is printed when it fails.
import test from 'node:test';
import { fileURLToPath } from 'node:url';
import { readFileSync } from 'node:fs';
import { DapClient } from './client.mjs';

export const programPath = (name) => fileURLToPath(new URL(`programs/${name}`, import.meta.url));

// The number of the line of a program that contains `text` (a comment that marks it, as a rule).
export function lineOf(path, text) {
    const lines = readFileSync(path, 'utf8').split('\n');
    const index = lines.findIndex((line) => line.includes(text));
    if (index < 0) throw new Error(`${path} has no line with ${text}`);
    return index + 1;
}

export function withTranscript(error, client) {
    const shown = client.transcript.slice(-60).join('\n');
    const stderr = client.stderr ? `\nstderr of the adapter:\n${client.stderr}` : '';
    error.message += `\n--- transcript (the last messages)\n${shown}${stderr}`;
    return error;
}

export function scenario(name, body, options = {}) {
    test(name, { timeout: options.timeout ?? 60_000 }, async () => {
        const client = DapClient.start(options.start);
        try {
            await body(client);
            await client.close();
        } catch (error) {
            client.kill();
            throw withTranscript(error, client);
        }
    });
}
