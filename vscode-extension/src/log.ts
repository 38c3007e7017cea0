// The output channel "Refscope": what the extension itself says, and the programs' log files as they grow.
import * as fs from 'node:fs';
import * as path from 'node:path';
import * as vscode from 'vscode';

const kPollMilliseconds = 500;

export class Log implements vscode.Disposable {
  readonly channel = vscode.window.createOutputChannel('Refscope');
  private readonly folder: string;
  private readonly tails = new Map<string, number>();

  constructor(context: vscode.ExtensionContext) {
    this.folder = context.logUri.fsPath;
    fs.mkdirSync(this.folder, { recursive: true });
  }

  say(text: string): void {
    this.channel.appendLine(text);
  }

  /** Arguments that make refscope write its log to a file, which the channel then follows. */
  arguments(part: 'dap' | 'lsp'): string[] {
    const level = vscode.workspace.getConfiguration('refscope').get<string>('logLevel', 'warning');
    if (level === 'off') {
      return [];
    }
    const file = path.join(this.folder, `${part}.log`);
    this.follow(file);
    return ['--log', file, '--log-level', level];
  }

  private follow(file: string): void {
    if (this.tails.has(file)) {
      return;
    }
    this.tails.set(file, fs.existsSync(file) ? fs.statSync(file).size : 0);
    fs.watchFile(file, { interval: kPollMilliseconds, persistent: false }, (now) => this.readOn(file, now.size));
  }

  private readOn(file: string, size: number): void {
    const shown = this.tails.get(file) ?? 0;
    const from = size < shown ? 0 : shown; // a new run may have truncated it
    if (size === from) {
      return;
    }
    this.tails.set(file, size);
    const stream = fs.createReadStream(file, { encoding: 'utf8', start: from, end: size - 1 });
    stream.on('data', (text) => this.channel.append(text.toString()));
    stream.on('error', () => undefined);
  }

  dispose(): void {
    for (const file of this.tails.keys()) {
      fs.unwatchFile(file);
    }
    this.channel.dispose();
  }
}
