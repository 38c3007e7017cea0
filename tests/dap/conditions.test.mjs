// Conditions, hit conditions and log messages of breakpoints.
import assert from 'node:assert/strict';
import { lineOf, programPath, scenario } from './scenario.mjs';

const program = programPath('loop.py');
const line = lineOf(program, '# in the loop');

const setLines = (client, breakpoints) => client.request('setBreakpoints', { source: { path: program }, breakpoints });

/** The values of `number` at each stop, until the program ends. */
async function stops(client, expression = 'number') {
    const values = [];
    for (;;) {
        const event = await client.event(['stopped', 'terminated']);
        if (event.event === 'terminated') return values;
        const { stackFrames } = await client.request('stackTrace', { threadId: 1 });
        const { result } = await client.request('evaluate', { expression, frameId: stackFrames[0].id, context: 'watch' });
        values.push(Number(result));
        await client.request('continue', { threadId: 1 });
    }
}

async function stopsWith(client, breakpoint) {
    let answer;
    await client.launch({ program }, async () => {
        answer = await setLines(client, [{ line, ...breakpoint }]);
    });
    return { values: await stops(client), breakpoint: answer.breakpoints[0] };
}

scenario('a condition stops where it holds, also when it runs code of the program', async (client) => {
    const capabilities = await client.launch({ program }, () =>
        setLines(client, [{ line, condition: 'number >= 7' }, { line: line - 1, condition: '"item" in globals() and item.is_even() and number == 5' }]),
    );
    assert.equal(capabilities.supportsConditionalBreakpoints, true);
    assert.equal(capabilities.supportsHitConditionalBreakpoints, true);
    assert.equal(capabilities.supportsLogPoints, true);
    assert.deepEqual(await stops(client), [5, 7, 8, 9]);
    assert.equal(client.text('stdout'), '45\n');
});

for (const [hitCondition, expected] of [['3', [2]], ['>= 9', [8, 9]], ['% 4', [3, 7]], ['<3', [0, 1]], ['== 10', [9]], ['> 20', []]]) {
    scenario(`the hit condition ${hitCondition} stops at the right hits`, async (client) => {
        assert.deepEqual((await stopsWith(client, { hitCondition })).values, expected);
    });
}

scenario('a hit is counted only where the condition holds', async (client) => {
    assert.deepEqual((await stopsWith(client, { condition: 'number % 2', hitCondition: '% 2' })).values, [3, 7]);
});

scenario('a log message is written with its values, and nothing stops', async (client) => {
    const logMessage = 'number is {number}, {{item}} {item.number + 1} {"a}" + ""}';
    const { values } = await stopsWith(client, { logMessage, condition: 'number > 7' });
    assert.deepEqual(values, []);
    assert.equal(client.text('console'), 'number is 8, {item} 9 a}\nnumber is 9, {item} 10 a}\n');
});

scenario('what is no condition is refused with the reason, and never stops', async (client) => {
    const first = await stopsWith(client, { condition: 'number =' });
    assert.equal(first.breakpoint.verified, false);
    assert.match(first.breakpoint.message, /condition number =: invalid syntax/);
    assert.deepEqual(first.values, []);
});

scenario('a hit condition that is not understood is refused', async (client) => {
    const { breakpoint, values } = await stopsWith(client, { hitCondition: 'often' });
    assert.equal(breakpoint.verified, false);
    assert.match(breakpoint.message, /often/);
    assert.deepEqual(values, []);
});

scenario('a condition that fails is told in the console, and stops there', async (client) => {
    await client.launch({ program }, () => setLines(client, [{ line, condition: 'number == 2 and missing' }]));
    await client.stopped();
    assert.match(client.text('console'), /^condition number == 2 and missing: .*missing/);
});

scenario('function breakpoints and breakpoints on deaths take conditions too', async (client) => {
    await client.launch({ program }, () =>
        client.request('setFunctionBreakpoints', {
            breakpoints: [{ name: 'visit', condition: 'item.number == 4' }, { name: 'collect:Item', hitCondition: '2' }],
        }),
    );
    const first = await client.stopped();
    assert.equal(first.reason, 'collect'); // the second Item dies before the fourth is visited
    await client.request('continue', { threadId: 1 });
    assert.equal((await client.stopped()).reason, 'function breakpoint');
    const { stackFrames } = await client.request('stackTrace', { threadId: 1 });
    const { result } = await client.request('evaluate', { expression: 'item.number', frameId: stackFrames[0].id, context: 'watch' });
    assert.equal(result, '4');
});

scenario('conditions leave counts, output and the collector alone', async (client) => {
    await client.launch({ program: programPath('counting.py') }, () =>
        client.request('setBreakpoints', {
            source: { path: programPath('counting.py') },
            breakpoints: Array.from({ length: 60 }, (_, i) => ({ line: i + 1, condition: '[1, 2] == [3] or __import__("gc").isenabled() is 5' })),
        }),
    );
    await client.event('terminated');
    const alone = await new Promise((resolve, reject) =>
        import('node:child_process').then(({ execFile }) =>
            execFile('/usr/bin/python3.11', [programPath('counting.py')], (error, stdout) => (error ? reject(error) : resolve(stdout))),
        ),
    );
    assert.equal(client.text('stdout'), alone);
});
