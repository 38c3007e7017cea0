// Debug configurations: F5 on a Python file without a launch.json, and the defaults of one that has one.
import * as path from 'node:path';
import * as vscode from 'vscode';
import { findBinary, reportMissingBinary } from './binary';

export const kDebugType = 'refscope';

function currentFile(): vscode.DebugConfiguration {
  return { name: 'Refscope: Current File', type: kDebugType, request: 'launch', program: '${file}' };
}

/** What F5 runs: the file in the editor, or the text of a buffer that was never saved. */
async function configurationForEditor(): Promise<vscode.DebugConfiguration | undefined> {
  const document = vscode.window.activeTextEditor?.document;
  if (document?.languageId !== 'python') {
    void vscode.window.showErrorMessage(
      'Refscope debugs Python programs: open the file to run, or name it as "program" in a launch.json.',
    );
    return undefined;
  }
  if (document.isUntitled) {
    return { name: 'Refscope: Untitled', type: kDebugType, request: 'launch', code: document.getText() };
  }
  return { ...currentFile(), program: document.uri.fsPath };
}

export class ConfigurationProvider implements vscode.DebugConfigurationProvider {
  constructor(private readonly context: vscode.ExtensionContext) {}

  provideDebugConfigurations(): vscode.DebugConfiguration[] {
    return [currentFile()];
  }

  async resolveDebugConfiguration(
    folder: vscode.WorkspaceFolder | undefined,
    given: vscode.DebugConfiguration,
  ): Promise<vscode.DebugConfiguration | undefined> {
    let configuration = given;
    // Without a launch.json VS Code hands over an empty configuration (but for noDebug, of Ctrl+F5).
    if (!given.type && !given.request && !given.name) {
      const made = await configurationForEditor();
      if (made === undefined) {
        return undefined;
      }
      configuration = { ...made, ...given, type: made.type, request: made.request, name: made.name };
    }
    if (configuration.request === 'launch') {
      if (configuration['program'] === undefined && configuration['module'] === undefined &&
          configuration['code'] === undefined) {
        configuration['program'] = '${file}';
      }
      configuration['console'] ??= 'integratedTerminal';
      if (configuration['cwd'] === undefined) {
        const program: unknown = configuration['program'];
        if (folder !== undefined) {
          configuration['cwd'] = folder.uri.fsPath;
        } else if (typeof program === 'string' && path.isAbsolute(program)) {
          configuration['cwd'] = path.dirname(program);
        }
      }
    }
    return configuration;
  }

  /** The last look before the session starts: here a missing program can still be explained well. */
  async resolveDebugConfigurationWithSubstitutedVariables(
    _folder: vscode.WorkspaceFolder | undefined,
    configuration: vscode.DebugConfiguration,
  ): Promise<vscode.DebugConfiguration | undefined> {
    const binary = findBinary(this.context);
    if ('problem' in binary) {
      void reportMissingBinary(binary);
      return undefined;
    }
    if (typeof configuration['args'] === 'string') {
      configuration['args'] = splitArguments(configuration['args']);
    }
    return configuration;
  }
}

/** The person's own shell habits for one line of arguments: quotes group, a backslash escapes. */
export function splitArguments(line: string): string[] {
  const found: string[] = [];
  let current: string | undefined;
  let quote: string | undefined;
  for (let at = 0; at < line.length; at++) {
    const character = line[at]!;
    if (character === '\\' && quote !== "'" && at + 1 < line.length) {
      current = (current ?? '') + line[++at]!;
    } else if (quote !== undefined) {
      if (character === quote) {
        quote = undefined;
      } else {
        current = (current ?? '') + character;
      }
    } else if (character === '"' || character === "'") {
      quote = character;
      current ??= '';
    } else if (/\s/.test(character)) {
      if (current !== undefined) {
        found.push(current);
        current = undefined;
      }
    } else {
      current = (current ?? '') + character;
    }
  }
  if (current !== undefined) {
    found.push(current);
  }
  return found;
}

/** The command "Debug Python File with Refscope": of the editor's title, the explorer or the palette. */
export async function debugFile(resource: vscode.Uri | undefined): Promise<void> {
  const uri = resource ?? vscode.window.activeTextEditor?.document.uri;
  const document = vscode.workspace.textDocuments.find((each) => each.uri.toString() === uri?.toString());
  let configuration: vscode.DebugConfiguration | undefined;
  if (uri === undefined || document?.isUntitled) {
    configuration = await configurationForEditor();
  } else {
    configuration = { ...currentFile(), name: `Refscope: ${path.basename(uri.fsPath)}`, program: uri.fsPath };
  }
  if (configuration !== undefined) {
    const folder = uri === undefined ? undefined : vscode.workspace.getWorkspaceFolder(uri);
    await vscode.debug.startDebugging(folder, configuration);
  }
}
