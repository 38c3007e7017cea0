// Starts VS Code's server with a fresh profile, and the packaged extension unpacked into it.
import { execFile, spawn } from 'node:child_process';
import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { homedir, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const here = dirname(fileURLToPath(import.meta.url));
export const root = join(here, '../../..');
const kStartMilliseconds = 60_000;

/** The folder of the VS Code that `tests/e2e/install` put into the cache. */
export async function vscodeFolder() {
  const { stdout } = await promisify(execFile)(join(here, '../install'));
  return stdout.trim().split('\n').at(-1);
}

export function freePort() {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.on('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}

// Nothing that moves, asks or looks for updates while a test reads the window.
const kSettings = {
  'workbench.startupEditor': 'none',
  'workbench.tips.enabled': false,
  'workbench.enableExperiments': false,
  'extensions.autoUpdate': false,
  'extensions.autoCheckUpdates': false,
  'extensions.ignoreRecommendations': true,
  'update.mode': 'none',
  'telemetry.telemetryLevel': 'off',
  'security.workspace.trust.enabled': true,
  'debug.toolBarLocation': 'docked',
  'debug.console.fontSize': 12,
  'window.commandCenter': false,
  'chat.commandCenter.enabled': false,
  'files.autoSave': 'off',
  'editor.minimap.enabled': false,
  'editor.hover.delay': 100,
  'terminal.integrated.gpuAcceleration': 'off', // its text is then in the document
  'workbench.reduceMotion': 'on',
  'workbench.colorTheme': 'Default Dark Modern',
};

export class Server {
  static async start({ vsix, settings = {}, port, profile } = {}) {
    const server = new Server();
    server.folder = profile ?? mkdtempSync(join(tmpdir(), 'refscope-e2e-'));
    server.keep = profile !== undefined;
    const data = join(server.folder, 'data');
    const extensions = join(server.folder, 'extensions');
    mkdirSync(join(data, 'data/Machine'), { recursive: true });
    mkdirSync(extensions, { recursive: true });
    writeFileSync(join(data, 'data/Machine/settings.json'), JSON.stringify({ ...kSettings, ...settings }, null, 2));
    server.home = await vscodeFolder();
    const main = join(server.home, 'out/server-main.js');
    const folders = ['--server-data-dir', data, '--extensions-dir', extensions];
    if (vsix !== undefined) {
      await promisify(execFile)(process.execPath, [main, '--install-extension', vsix, '--force', ...folders], {
        timeout: kStartMilliseconds,
      });
    }
    server.port = port ?? (await freePort());
    server.url = `http://127.0.0.1:${server.port}`;
    server.output = '';
    server.process = spawn(
      process.execPath,
      [main, '--host', '127.0.0.1', '--port', String(server.port), '--without-connection-token',
       '--accept-server-license-terms', '--telemetry-level', 'off', ...folders],
      // A group of its own: what the server has started goes with it.
      { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, HOME: process.env.HOME ?? homedir() }, detached: true },
    );
    for (const stream of [server.process.stdout, server.process.stderr]) {
      stream.on('data', (text) => (server.output += text));
    }
    const end = Date.now() + kStartMilliseconds;
    for (;;) {
      if (server.process.exitCode !== null) throw new Error(`VS Code's server ended:\n${server.output}`);
      try {
        await fetch(server.url);
        return server;
      } catch {
        if (Date.now() > end) throw new Error(`VS Code's server does not answer:\n${server.output}`);
        await new Promise((done) => setTimeout(done, 200));
      }
    }
  }

  async stop() {
    if (this.process.exitCode === null && this.process.signalCode === null) {
      const ended = new Promise((done) => this.process.once('exit', done));
      this.process.kill('SIGTERM');
      const timer = setTimeout(() => this.process.kill('SIGKILL'), 5000);
      await ended;
      clearTimeout(timer);
    }
    try {
      process.kill(-this.process.pid, 'SIGKILL'); // hosts of terminals and extensions outlive a server that was killed
    } catch {
      // none was left
    }
    // A process that escaped still holds these pipes, and would keep this one from ending.
    this.process.stdout.destroy();
    this.process.stderr.destroy();
    if (!this.keep) rmSync(this.folder, { recursive: true, force: true, maxRetries: 5 });
  }
}
