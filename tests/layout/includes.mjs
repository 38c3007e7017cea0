// Holds every #include against the layout: which folder may know which. Also: no cycle between files, the top of the
// repository holds only what belongs there, and every header opens with `#pragma once` after its own paragraph.
//
// Within vm/ the right to include is transitive (who may know objects may know what objects knows); across the other
// folders it is not. System headers (<...>) are free but for the ones that a folder must not see at all.
import { execFileSync } from 'node:child_process';
import { readFileSync, readdirSync, statSync } from 'node:fs';
import { dirname, join, posix, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');

const kMayInclude = {
  'vm/base': [],
  'vm/syntax': [],
  'vm/bytecode': [],
  'vm/compiler': ['vm/syntax', 'vm/bytecode'],
  'vm/events': [],
  'vm/host': [],
  'vm/heap': ['vm/events'],
  'vm/gc': ['vm/heap'],
  'vm/objects': ['vm/gc', 'vm/bytecode'],
  'vm/interpreter': ['vm/objects'],
  'vm/modules': ['vm/interpreter', 'vm/compiler', 'vm/host'],
  'vm/inspect': ['vm/interpreter'],
  'vm/control': ['vm/inspect', 'vm/interpreter', 'vm/compiler'],
  protocol: [],
  'dap/adapter': ['protocol'],
  'dap/session': ['protocol', 'vm/inspect', 'vm/control'],
  lsp: ['protocol', 'vm/syntax', 'vm/bytecode', 'vm/compiler'],
};
// The executable and the tests wire everything together.
const kMayIncludeAll = ['dap/cli', 'tests'];
// What a folder must not see of other people's code, whatever it links.
const kForbiddenSystem = [
  { folder: 'vm', headers: /^(nlohmann|boost\/asio|spdlog|CLI)/, why: 'the VM knows no protocol and no logger' },
  { folder: 'protocol', headers: /^(gmp|CLI)/, why: 'the protocol layer carries messages only' },
];
const kTop = new Set(['CMakeLists.txt', 'CMakePresets.json', 'LICENSE', 'README.md', 'dev', 'build',
                      'lsp', 'dap', 'vm', 'protocol', 'vscode-extension', 'tests']);
const kSources = ['vm', 'protocol', 'dap', 'lsp', 'tests'];

function* sourceFiles(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (entry.name === 'node_modules' || entry.name === 'artifacts') continue;
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* sourceFiles(path);
    else if (/\.(h|cpp|def|inc)$/.test(entry.name)) yield relative(root, path);
  }
}

/** The row of the table that a file belongs to: its longest folder that is named there. */
function rowOf(path) {
  const folders = [...Object.keys(kMayInclude), ...kMayIncludeAll].filter((folder) => path.startsWith(`${folder}/`));
  return folders.sort((a, b) => b.length - a.length)[0];
}

/** Everything that a row may include: its own entries, and through vm's rows what those may include in turn. */
function reach(row) {
  const found = new Set([row]);
  const follow = (each) => {
    for (const next of kMayInclude[each]) {
      if (found.has(next)) continue;
      found.add(next);
      if (row.startsWith('vm/')) follow(next);
    }
  };
  follow(row);
  // Text and checks are for everyone but those who know nothing of the VM.
  if (row !== 'protocol' && row !== 'dap/adapter') found.add('vm/base');
  return found;
}

const problems = [];
const files = kSources.filter((folder) => statSync(join(root, folder), { throwIfNoEntry: false })).flatMap((folder) => [...sourceFiles(join(root, folder))]);
const known = new Set(files);
const edges = new Map();
let includes = 0;

for (const file of files) {
  const text = readFileSync(join(root, file), 'utf8');
  const row = rowOf(file);
  if (row === undefined) {
    problems.push(`${file} lies in a folder that the layout does not have`);
    continue;
  }
  const allowed = kMayIncludeAll.includes(row) ? undefined : reach(row);
  edges.set(file, []);
  for (const [line, content] of text.split('\n').entries()) {
    const match = /^\s*#\s*include\s*([<"])([^>"]+)[>"]/.exec(content);
    if (match === null) continue;
    includes++;
    const [, kind, target] = match;
    const where = `${file}:${line + 1}`;
    if (kind === '<') {
      for (const { folder, headers, why } of kForbiddenSystem) {
        if (file.startsWith(`${folder}/`) && headers.test(target)) problems.push(`${where} includes <${target}>: ${why}`);
      }
      continue;
    }
    if (!known.has(target)) {
      const beside = posix.join(dirname(file), target);
      const hint = known.has(beside) ? `; write it from the root: "${beside}"` : '';
      problems.push(`${where} includes "${target}", which is no file of this repository${hint}`);
      continue;
    }
    edges.get(file).push(target);
    const to = rowOf(target);
    if (allowed !== undefined && !allowed.has(to)) {
      problems.push(`${where}: ${row} may not know ${to} ("${target}")`);
    }
  }
  if (file.endsWith('.h')) {
    // The macros of a table that is expanded several times say so in their first lines instead.
    const opening = /^(\/\/.*\n)*/.exec(text)[0];
    if (!/^#pragma once$/m.test(text) && !/\btable\b/.test(opening)) {
      problems.push(`${file} has no #pragma once`);
    }
    if (!/^(#pragma once\n\s*)?(\/\/|\/\*)/.test(text)) {
      problems.push(`${file} does not open with a paragraph that says what it is for`);
    }
  }
}

// Cycles, by depth-first search over the files.
const state = new Map();
const trail = [];
function visit(file) {
  if (state.get(file) === 'done') return;
  if (state.get(file) === 'open') {
    problems.push(`these include one another: ${[...trail.slice(trail.indexOf(file)), file].join(' → ')}`);
    return;
  }
  state.set(file, 'open');
  trail.push(file);
  for (const target of edges.get(file) ?? []) visit(target);
  trail.pop();
  state.set(file, 'done');
}
for (const file of files) visit(file);

const tracked = execFileSync('git', ['ls-files', '-z'], { cwd: root, encoding: 'utf8' }).split('\0');
for (const name of new Set(tracked.map((path) => path.split('/')[0]))) {
  if (name !== '' && !name.startsWith('.') && !kTop.has(name)) problems.push(`${name} does not belong at the top of the repository`);
}

for (const problem of problems) console.log(problem);
console.log(`${files.length} files, ${includes} includes`);
console.log(problems.length === 0 ? '1 passed, 0 failed' : `0 passed, ${problems.length} failed`);
process.exitCode = problems.length === 0 ? 0 : 1;
