// `./dev vscode` on a machine without VS Code: starts one for the browser. Usage: serve.mjs VSIX FOLDER
import { mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { Server } from './lib/server.mjs';

const [vsix, folder = '.'] = process.argv.slice(2);
const cache = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'refscope');
const profile = join(cache, 'vscode-profile');
mkdirSync(profile, { recursive: true });
const server = await Server.start({ vsix: resolve(vsix), profile });
console.log(`VS Code with Refscope is ready in the browser, until you press Ctrl+C:\n\n  ${server.url}/?folder=${encodeURI(resolve(folder))}\n`);
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => server.stop().then(() => process.exit(0)));
server.process.on('exit', (code) => process.exit(code ?? 1));
