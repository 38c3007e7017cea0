// What the runner and the recorder share: which files are programs, how one is run, and how output is compared.
//
// A program is any *.py below this folder whose name, and whose folders' names, do not begin with "_"; those are
// modules that programs import. Beside NAME.py stand NAME.out, and where they are not empty or 0 NAME.err and NAME.code;
// NAME.in, when there is one, is the program's input.
import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = dirname(fileURLToPath(import.meta.url));
export const jobs = Number(process.env.REFSCOPE_JOBS ?? 2);
const kTimeoutMilliseconds = 20_000;
const kMostOutput = 16 << 20;

function* programsBelow(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))) {
    if (entry.name.startsWith('_') || entry.name === 'node_modules') continue;
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* programsBelow(path);
    else if (entry.name.endsWith('.py')) yield path;
  }
}

/** The programs whose path contains one of the words; all without words. */
export function programs(words) {
  const wanted = words.map((word) => word.replace(/^(\.\/)?tests\/conformance\//, ''));
  return [...programsBelow(root)].filter(
    (path) => wanted.length === 0 || wanted.some((word) => relative(root, path).includes(word)),
  );
}

export const nameOf = (path) => relative(root, path).replace(/\.py$/, '');
export const beside = (path, extension) => path.replace(/\.py$/, extension);
export const textBeside = (path, extension) => {
  const file = beside(path, extension);
  return existsSync(file) ? readFileSync(file, 'utf8') : '';
};

/** CPython's tracebacks name the main program by its full path, which differs from clone to clone. */
const withoutPlace = (bytes) => Buffer.concat(bytes).toString('utf8').replaceAll(root, '<conformance>');

/** Runs one program in its own folder, by its name alone. */
export function execute(command, path) {
  return new Promise((done) => {
    const child = spawn(command[0], [...command.slice(1), basename(path)], {
      cwd: dirname(path),
      env: {
        PATH: process.env.PATH,
        HOME: process.env.HOME,
        LANG: 'C.UTF-8',
        TZ: 'UTC',
        PYTHONHASHSEED: '0',
        PYTHONDONTWRITEBYTECODE: '1',
        PYTHONNOUSERSITE: '1',
        ...Object.fromEntries(Object.entries(process.env).filter(([name]) => /^(REFSCOPE_|ASAN_|UBSAN_)/.test(name))),
      },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    const output = { out: [], err: [] };
    let size = 0;
    let problem;
    const collect = (stream, into) =>
      stream.on('data', (bytes) => {
        size += bytes.length;
        if (size > kMostOutput) {
          problem = `printed more than ${kMostOutput >> 20} MB`;
          child.kill('SIGKILL');
        } else {
          into.push(bytes);
        }
      });
    collect(child.stdout, output.out);
    collect(child.stderr, output.err);
    const timer = setTimeout(() => {
      problem = `still ran after ${kTimeoutMilliseconds / 1000} s`;
      child.kill('SIGKILL');
    }, kTimeoutMilliseconds);
    child.on('error', (error) => {
      clearTimeout(timer);
      done({ problem: error.message, out: '', err: '', code: -1 });
    });
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      done({
        out: withoutPlace(output.out),
        err: withoutPlace(output.err),
        code: code ?? `killed by ${signal}`,
        problem,
      });
    });
    child.stdin.on('error', () => undefined); // it may end without reading
    child.stdin.end(textBeside(path, '.in'));
  });
}

/** Addresses differ from run to run, and which of two temporaries shares one: programs print `is` where it matters. */
export const normalise = (text) => text.replace(/0x[0-9a-f]{6,16}\b/g, '0x…');

/** Runs `task` over the items, `jobs` at a time. */
export async function inParallel(items, task) {
  const queue = items.values();
  await Promise.all(
    Array.from({ length: jobs }, async () => {
      for (const item of queue) await task(item);
    }),
  );
}
