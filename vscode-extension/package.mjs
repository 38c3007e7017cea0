// Packs refscope-linux-x64.vsix with the program in bin/.
// Usage: node package.mjs [--binary FILE | --without-binary] [--out FILE]
import { execFileSync } from 'node:child_process';
import { chmodSync, copyFileSync, existsSync, mkdirSync, rmSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const here = dirname(fileURLToPath(import.meta.url));
const { values } = parseArgs({
  options: {
    binary: { type: 'string', default: join(here, '../build/release/refscope') },
    'without-binary': { type: 'boolean', default: false },
    out: { type: 'string', default: join(here, 'refscope-linux-x64.vsix') },
  },
});

const out = resolve(values.out);
rmSync(join(here, 'bin'), { recursive: true, force: true });
if (!values['without-binary']) {
  if (!existsSync(values.binary)) {
    console.error(`there is no ${values.binary}: build it first with ./dev build release`);
    process.exit(1);
  }
  mkdirSync(join(here, 'bin'));
  const copy = join(here, 'bin/refscope');
  copyFileSync(values.binary, copy);
  chmodSync(copy, 0o755);
  try {
    execFileSync('strip', [copy]);
  } catch {
    // Without binutils the package is larger, nothing else.
  }
}

const run = (command, args) => execFileSync(command, args, { cwd: here, stdio: ['ignore', 'inherit', 'inherit'] });
run('node', ['esbuild.mjs', '--minify']);
run('node', ['node_modules/@vscode/vsce/vsce', 'package', '--target', 'linux-x64', '--no-dependencies',
             '--allow-missing-repository', '--out', out]);
console.log(out);
