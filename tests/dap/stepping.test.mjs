// Stepping in goes where CPython's line events go, for every kind of statement.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { programPath, scenario } from './scenario.mjs';

const program = programPath('every_statement.py');

scenario('stepping in stops at each line event of CPython, and back in the caller after a return', async (client) => {
    const wanted = execFileSync('/usr/bin/python3.11', [programPath('trace_lines.py'), program], { encoding: 'utf8' }).trim().split('\n');
    await client.launch({ program, stopOnEntry: true });
    const extra = [];
    let at = 0;
    const lastLine = new Map(); // by function
    for (;;) {
        const event = await client.event(['stopped', 'terminated'], { timeout: 20_000 });
        if (event.event === 'terminated') break;
        const { stackFrames } = await client.request('stackTrace', { threadId: 1, levels: 1 });
        const [frame] = stackFrames;
        if (frame.source?.path === program) {
            const place = `${frame.name} ${frame.line}`;
            if (place === wanted[at]) {
                at++;
            } else {
                // The one stop more that a debugger makes: the line of the call, when what it called has returned.
                assert.equal(frame.line, lastLine.get(frame.name), `stopped at ${place}, CPython's next line is ${wanted[at]}`);
                extra.push(place);
            }
            lastLine.set(frame.name, frame.line);
        }
        await client.request('stepIn', { threadId: 1 });
    }
    assert.equal(at, wanted.length);
    assert.ok(extra.length < wanted.length / 2, extra.join(', '));
});
