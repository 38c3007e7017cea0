// Wires the parts together; each part is described where it lives.
import * as vscode from 'vscode';
import { AdapterFactory, TrafficLogger } from './adapter';
import { locateBinary } from './binary';
import { ConfigurationProvider, debugFile, kDebugType } from './configuration';
import { LanguageServer } from './language_client';
import { Log } from './log';
import { MemoryBreakpoints } from './memory_breakpoints';

let server: LanguageServer | undefined;

export async function activate(context: vscode.ExtensionContext): Promise<void> {
  const log = new Log(context);
  const provider = new ConfigurationProvider(context);
  const memory = new MemoryBreakpoints();
  const languages = new LanguageServer(context, log);
  server = languages;
  context.subscriptions.push(
    log,
    memory,
    vscode.debug.registerDebugConfigurationProvider(kDebugType, provider),
    vscode.debug.registerDebugConfigurationProvider(
      kDebugType,
      { provideDebugConfigurations: () => provider.provideDebugConfigurations() },
      vscode.DebugConfigurationProviderTriggerKind.Dynamic,
    ),
    vscode.debug.registerDebugAdapterDescriptorFactory(kDebugType, new AdapterFactory(context, log)),
    vscode.debug.registerDebugAdapterTrackerFactory(kDebugType, new TrafficLogger(log)),
    vscode.commands.registerCommand('refscope.debugFile', debugFile),
    vscode.commands.registerCommand('refscope.breakWhenCollected', (given) => memory.breakWhenCollected(given)),
    vscode.commands.registerCommand('refscope.locateBinary', locateBinary),
    vscode.commands.registerCommand('refscope.restartLanguageServer', () => languages.restart()),
    vscode.commands.registerCommand('refscope.showLog', () => log.channel.show()),
    vscode.workspace.onDidChangeConfiguration((change) => {
      if (change.affectsConfiguration('refscope.path') || change.affectsConfiguration('refscope.logLevel')) {
        void languages.restart();
      }
    }),
  );
  await languages.restart();
}

export async function deactivate(): Promise<void> {
  await server?.stop();
}
