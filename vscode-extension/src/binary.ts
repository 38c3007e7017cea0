// Finds the refscope program, and tells people what to do when there is none.
import * as fs from 'node:fs';
import * as path from 'node:path';
import * as vscode from 'vscode';

export interface Binary {
  readonly path: string;
}

export interface MissingBinary {
  readonly problem: string;
}

function isExecutable(file: string): boolean {
  try {
    fs.accessSync(file, fs.constants.X_OK);
    return fs.statSync(file).isFile();
  } catch {
    return false;
  }
}

function expand(setting: string): string {
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri.fsPath;
  let text = setting.replace(/^~(?=\/)/, process.env['HOME'] ?? '~');
  if (folder !== undefined) {
    text = text.replaceAll('${workspaceFolder}', folder);
    if (!path.isAbsolute(text)) {
      text = path.join(folder, text);
    }
  }
  return text;
}

/** The setting wins, then the program inside the extension, then the PATH. */
export function findBinary(context: vscode.ExtensionContext): Binary | MissingBinary {
  const setting = vscode.workspace.getConfiguration('refscope').get<string>('path', '').trim();
  if (setting !== '') {
    const file = expand(setting);
    if (isExecutable(file)) {
      return { path: file };
    }
    const what = fs.existsSync(file) ? 'is not a program that can be run' : 'does not exist';
    return { problem: `The setting refscope.path names ${file}, which ${what}.` };
  }
  const bundled = context.asAbsolutePath(path.join('bin', 'refscope'));
  if (isExecutable(bundled)) {
    return { path: bundled };
  }
  for (const folder of (process.env['PATH'] ?? '').split(path.delimiter)) {
    const file = path.join(folder, 'refscope');
    if (path.isAbsolute(folder) && isExecutable(file)) {
      return { path: file };
    }
  }
  const platform = `${process.platform}-${process.arch}`;
  const carried =
    platform === 'linux-x64'
      ? 'This copy of the extension carries none'
      : `The extension carries one for linux-x64 only (this is ${platform})`;
  return {
    problem: `Refscope needs its program "refscope". ${carried}, and there is none on the PATH. Build it with "./dev build release" in Refscope's repository, or name it in the setting refscope.path.`,
  };
}

const kLocate = 'Locate…';
const kSettings = 'Open Settings';

/** Shows the problem with what can be done about it. */
export async function reportMissingBinary(missing: MissingBinary): Promise<void> {
  const choice = await vscode.window.showErrorMessage(missing.problem, kLocate, kSettings);
  if (choice === kLocate) {
    await locateBinary();
  } else if (choice === kSettings) {
    await vscode.commands.executeCommand('workbench.action.openSettings', 'refscope.path');
  }
}

/** Lets the person choose the program and stores it as refscope.path. */
export async function locateBinary(): Promise<void> {
  const chosen = await vscode.window.showOpenDialog({
    title: 'The refscope program',
    openLabel: 'Use',
    canSelectMany: false,
  });
  const file = chosen?.[0]?.fsPath;
  if (file === undefined) {
    return;
  }
  if (!isExecutable(file)) {
    void vscode.window.showErrorMessage(`${file} is not a program that can be run.`);
    return;
  }
  await vscode.workspace.getConfiguration('refscope').update('path', file, vscode.ConfigurationTarget.Global);
}
