// Runs programs one after another, and says what each took. User time comes from a small Python program that asks the
// kernel (RUSAGE_CHILDREN), since it counts what was run and not what waited for the machine.
import { execFileSync } from 'node:child_process';

export const oracle = '/usr/bin/python3.11';
const kMostOutput = 64 << 20;

const kRunner = `
import resource, subprocess, sys
done = subprocess.run(sys.argv[1:], stdin=subprocess.DEVNULL, capture_output=True)
used = resource.getrusage(resource.RUSAGE_CHILDREN)
sys.stdout.buffer.write(f'{used.ru_utime} {used.ru_stime} {used.ru_maxrss} {done.returncode} {len(done.stdout)}\\n'.encode())
sys.stdout.buffer.write(done.stdout)
sys.stdout.buffer.write(done.stderr)
`;

/** Runs the command: {user, system, peakKilobytes, code, output, errors}. */
export function timed(command, options = {}) {
  const text = execFileSync(oracle, ['-S', '-c', kRunner, ...command], {
    encoding: 'buffer',
    maxBuffer: kMostOutput,
    env: { ...process.env, PYTHONHASHSEED: '0', ...options.env },
  });
  const end = text.indexOf(10);
  const [user, system, peakKilobytes, code, length] = text.subarray(0, end).toString().split(' ').map(Number);
  return {
    user,
    system,
    peakKilobytes,
    code,
    output: text.subarray(end + 1, end + 1 + length).toString(),
    errors: text.subarray(end + 1 + length).toString(),
  };
}

export function median(numbers) {
  const sorted = [...numbers].sort((a, b) => a - b);
  const half = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
}

export const geometricMean = (numbers) => Math.exp(numbers.reduce((sum, each) => sum + Math.log(each), 0) / numbers.length);
