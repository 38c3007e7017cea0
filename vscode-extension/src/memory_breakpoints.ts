// Breakpoints on one object: "Break When Collected" in the context menu of a variable.
//
// The extension API can create function breakpoints only, so the wish is written as one: `collect:0x7f…`.
// The object's id comes from the variable's own `memory` rows, so nothing is evaluated and no count changes.
// An id means nothing in the next run; such breakpoints therefore end with the session.
import type { DebugProtocol } from '@vscode/debugprotocol';
import * as vscode from 'vscode';
import { kDebugType } from './configuration';

/** What VS Code passes to a command of the menu debug/variables/context. */
interface VariableContext {
  readonly sessionId?: string;
  readonly variable?: DebugProtocol.Variable;
}

const kOfOneObject = /^collect:0x[0-9a-f]+/i;

const kStatusMilliseconds = 8000;

function isOfOneObject(breakpoint: vscode.Breakpoint): breakpoint is vscode.FunctionBreakpoint {
  return breakpoint instanceof vscode.FunctionBreakpoint && kOfOneObject.test(breakpoint.functionName);
}

async function childrenOf(session: vscode.DebugSession, reference: number): Promise<DebugProtocol.Variable[]> {
  const wanted: DebugProtocol.VariablesArguments = { variablesReference: reference, filter: 'named' };
  const answer = (await session.customRequest('variables', wanted)) as DebugProtocol.VariablesResponse['body'];
  return answer.variables;
}

/** The object's id as in `0x7f…`, read from its rows `memory` and `id`. */
async function objectId(session: vscode.DebugSession, reference: number): Promise<string | undefined> {
  const memory = (await childrenOf(session, reference)).find(
    (row) => row.name === 'memory' && row.presentationHint?.kind === 'virtual',
  );
  // The row may have been asked for inside `memory` itself, or on its row.
  const rows = await childrenOf(session, memory === undefined ? reference : memory.variablesReference);
  const id = rows.find((row) => row.name === 'id')?.value;
  return id === undefined ? undefined : /0x[0-9a-f]+/i.exec(id)?.[0];
}

export class MemoryBreakpoints implements vscode.Disposable {
  private readonly sessions = new Map<string, vscode.DebugSession>();
  private readonly subscriptions: vscode.Disposable[] = [];

  constructor() {
    const known = vscode.debug.activeDebugSession;
    if (known?.type === kDebugType) {
      this.sessions.set(known.id, known);
    }
    this.subscriptions.push(
      vscode.debug.onDidStartDebugSession((session) => {
        if (session.type === kDebugType) {
          this.sessions.set(session.id, session);
        }
      }),
      vscode.debug.onDidTerminateDebugSession((session) => {
        if (this.sessions.delete(session.id) && this.sessions.size === 0) {
          this.removeAll();
        }
      }),
      vscode.debug.registerDebugAdapterTrackerFactory(kDebugType, {
        createDebugAdapterTracker: () => ({
          onWillReceiveMessage: (message: DebugProtocol.Request) => {
            if (message.command === 'restart') {
              this.removeAll();
            }
          },
        }),
      }),
    );
  }

  /** The command behind the menu entry: adds a breakpoint on the object that a row shows. */
  async breakWhenCollected(given: VariableContext | undefined): Promise<void> {
    const variable = given?.variable;
    const session =
      (given?.sessionId === undefined ? undefined : this.sessions.get(given.sessionId)) ??
      vscode.debug.activeDebugSession;
    if (variable === undefined || session?.type !== kDebugType) {
      void vscode.window.showInformationMessage(
        'Choose a variable in the Variables view of a stopped Refscope session, and this entry in its context menu.',
      );
      return;
    }
    let id: string | undefined;
    try {
      id = variable.variablesReference > 0 ? await objectId(session, variable.variablesReference) : undefined;
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      void vscode.window.showErrorMessage(`Refscope could not read the object behind ${variable.name}: ${reason}`);
      return;
    }
    if (id === undefined) {
      void vscode.window.showWarningMessage(
        `${variable.name} has no object of its own that could be collected: it is a heading or a fact, not a value.`,
      );
      return;
    }
    const name = `collect:${id}`;
    const present = vscode.debug.breakpoints.find((each) => isOfOneObject(each) && each.functionName === name);
    if (present === undefined) {
      vscode.debug.addBreakpoints([new vscode.FunctionBreakpoint(name, true)]);
    }
    vscode.window.setStatusBarMessage(
      `$(debug-breakpoint-function) Stops just before ${variable.name} (${id}) is collected`,
      kStatusMilliseconds,
    );
  }

  private removeAll(): void {
    vscode.debug.removeBreakpoints(vscode.debug.breakpoints.filter(isOfOneObject));
  }

  dispose(): void {
    this.removeAll();
    for (const each of this.subscriptions) {
      each.dispose();
    }
  }
}
