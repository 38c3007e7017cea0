// Runs `refscope lsp` for Python documents.
import * as vscode from 'vscode';
import { LanguageClient, type LanguageClientOptions, type ServerOptions } from 'vscode-languageclient/node';
import { findBinary, reportMissingBinary } from './binary';
import type { Log } from './log';

export class LanguageServer implements vscode.Disposable {
  private client: LanguageClient | undefined;
  // Starts and stops follow one another, however fast settings change.
  private queue: Promise<void> = Promise.resolve();
  private told = false;

  constructor(
    private readonly context: vscode.ExtensionContext,
    private readonly log: Log,
  ) {}

  restart(): Promise<void> {
    this.queue = this.queue.then(async () => {
      await this.stopNow();
      await this.startNow();
    });
    return this.queue;
  }

  stop(): Promise<void> {
    this.queue = this.queue.then(() => this.stopNow());
    return this.queue;
  }

  private async startNow(): Promise<void> {
    const binary = findBinary(this.context);
    if ('problem' in binary) {
      this.log.say(`The language server does not run. ${binary.problem}`);
      // Opening a Python file is no reason to ask again and again.
      if (!this.told) {
        this.told = true;
        void reportMissingBinary(binary);
      }
      return;
    }
    const server: ServerOptions = { command: binary.path, args: ['lsp', ...this.log.arguments('lsp')] };
    const settings = vscode.workspace.getConfiguration('refscope');
    const options: LanguageClientOptions = {
      documentSelector: [
        { language: 'python', scheme: 'file' },
        { language: 'python', scheme: 'untitled' },
      ],
      outputChannel: this.log.channel,
      synchronize: { configurationSection: 'refscope' },
      initializationOptions: { refscope: { languageFeatures: settings.get('languageFeatures', 'all') } },
    };
    this.client = new LanguageClient('refscope', 'Refscope', server, options);
    try {
      await this.client.start();
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      this.log.say(`The language server ${binary.path} did not start: ${reason}`);
      this.client = undefined;
    }
  }

  private async stopNow(): Promise<void> {
    const { client } = this;
    this.client = undefined;
    if (client !== undefined) {
      try {
        await client.dispose();
      } catch {
        // It had failed already, and was reported then.
      }
    }
  }

  dispose(): void {
    void this.stop();
  }
}
