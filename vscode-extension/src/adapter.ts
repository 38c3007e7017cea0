// Starts `refscope dap` for a debug session, and writes its traffic into the log when that is wanted.
import * as vscode from 'vscode';
import { findBinary } from './binary';
import type { Log } from './log';

export class AdapterFactory implements vscode.DebugAdapterDescriptorFactory {
  constructor(
    private readonly context: vscode.ExtensionContext,
    private readonly log: Log,
  ) {}

  createDebugAdapterDescriptor(): vscode.DebugAdapterDescriptor {
    const binary = findBinary(this.context);
    if ('problem' in binary) {
      throw new Error(binary.problem);
    }
    return new vscode.DebugAdapterExecutable(binary.path, ['dap', ...this.log.arguments('dap')]);
  }
}

export class TrafficLogger implements vscode.DebugAdapterTrackerFactory {
  constructor(private readonly log: Log) {}

  createDebugAdapterTracker(session: vscode.DebugSession): vscode.DebugAdapterTracker {
    const { log } = this;
    const wanted = vscode.workspace.getConfiguration('refscope').get<boolean>('trace.adapter', false);
    return {
      onWillReceiveMessage: (message: unknown) => {
        if (wanted) {
          log.say(`[${session.name}] → ${JSON.stringify(message)}`);
        }
      },
      onDidSendMessage: (message: unknown) => {
        if (wanted) {
          log.say(`[${session.name}] ← ${JSON.stringify(message)}`);
        }
      },
      onError: (error) => log.say(`[${session.name}] the debug adapter failed: ${error.message}`),
      onExit: (code, signal) => {
        if (code !== 0 && code !== undefined) {
          log.say(`[${session.name}] the debug adapter ended with ${signal ?? `exit code ${code}`}`);
        }
      },
    };
  }
}
