// One run under the debug adapter, with a breakpoint that is never reached; prints what the program prints.
// Usage: attached_run.mjs REFSCOPE PROGRAM [ARGS], or --nothing to measure Node's own start.
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';

const [refscope, program, ...args] = process.argv.slice(2);
if (refscope === '--nothing') process.exit(0);

const adapter = spawn(refscope, ['dap'], { stdio: ['pipe', 'pipe', 'inherit'] });
let sequence = 0;
let received = Buffer.alloc(0);
let status = 1;

function request(command, given = {}) {
  const text = JSON.stringify({ seq: ++sequence, type: 'request', command, arguments: given });
  adapter.stdin.write(`Content-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`);
}

// Each kernel ends with a function that nobody calls; a breakpoint in it is a real one.
const lines = readFileSync(program, 'utf8').split('\n');
const unreached = lines.indexOf('# never reached') + 3;

function handle(message) {
  if (message.type === 'event') {
    if (message.event === 'initialized') {
      request('setBreakpoints', { source: { path: program }, breakpoints: [{ line: unreached }] });
      request('configurationDone');
    } else if (message.event === 'output' && message.body.category === 'stdout') {
      process.stdout.write(message.body.output);
    } else if (message.event === 'exited') {
      status = message.body.exitCode;
    } else if (message.event === 'terminated') {
      request('disconnect');
    } else if (message.event === 'stopped') {
      console.error(`stopped: ${message.body.reason}`);
      process.exit(1);
    }
  } else if (message.type === 'response' && !message.success) {
    console.error(`${message.command} failed: ${message.message}`);
    process.exit(1);
  } else if (message.command === 'setBreakpoints' && !message.body.breakpoints[0].verified) {
    console.error('the breakpoint was not taken');
    process.exit(1);
  }
}

adapter.stdout.on('data', (bytes) => {
  received = Buffer.concat([received, bytes]);
  for (;;) {
    const end = received.indexOf('\r\n\r\n');
    if (end < 0) return;
    const length = Number(/Content-Length: (\d+)/i.exec(received.subarray(0, end).toString())[1]);
    if (received.length < end + 4 + length) return;
    const text = received.subarray(end + 4, end + 4 + length).toString();
    received = received.subarray(end + 4 + length);
    handle(JSON.parse(text));
  }
});
adapter.on('exit', () => process.exit(status));

request('initialize', { adapterID: 'refscope', linesStartAt1: true, columnsStartAt1: true });
request('launch', { program, args });
