// Drives VS Code's window as a person does: keys, clicks, and reading what is shown. Every wait has a limit, and a wait
// that fails leaves a screenshot.
import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';

const here = dirname(fileURLToPath(import.meta.url));
export const artifacts = join(here, '../artifacts');
const kWait = 40_000; // a loaded machine draws a window in half of that
const kBrowser = process.env.CHROMIUM ?? '/usr/bin/chromium';
const kBrowserArguments = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-dev-shm-usage',
                           '--disable-background-networking', '--disable-component-update', '--disable-sync'];

export class Workbench {
  /** Opens the folder in a fresh browser, and answers the question whether its authors are trusted. */
  static async open(server, folder, { width = 1440, height = 1000, name = 'window' } = {}) {
    const bench = new Workbench();
    mkdirSync(artifacts, { recursive: true });
    bench.browser = await chromium.launch({ executablePath: kBrowser, args: kBrowserArguments });
    const context = await bench.browser.newContext({
      viewport: { width, height },
      permissions: ['clipboard-read', 'clipboard-write'],
    });
    bench.page = await context.newPage();
    bench.page.setDefaultTimeout(kWait);
    bench.name = name;
    bench.shots = 0;
    bench.log = [];
    bench.page.on('console', (message) => bench.log.push(message.text()));
    await bench.page.goto(`${server.url}/?folder=${encodeURI(folder)}`);
    await bench.page.waitForSelector('.monaco-workbench');
    await bench.trust();
    return bench;
  }

  async close() {
    const patience = new Promise((done) => setTimeout(done, kWait).unref());
    await Promise.race([this.browser.close(), patience]);
  }

  /** The dialog comes some seconds after the window, and swallows keys and clicks until it is answered. */
  async trust() {
    const button = this.page.locator('.monaco-dialog-box .monaco-button', { hasText: 'Yes, I trust' });
    await button.click({ timeout: kWait });
    await button.waitFor({ state: 'detached' });
  }

  async screenshot(name) {
    this.shots++;
    const file = join(artifacts, `${this.name}-${String(this.shots).padStart(2, '0')}-${name}.png`);
    await this.page.screenshot({ path: file });
    return file;
  }

  /** Asks until `question` gives something, which is returned; fails with a screenshot. */
  async until(what, question, limit = kWait) {
    const end = Date.now() + limit;
    let last;
    for (;;) {
      try {
        const answer = await question();
        if (answer) return answer;
        last = undefined;
      } catch (error) {
        last = error;
      }
      if (Date.now() > end) {
        const file = await this.screenshot(`missing-${what.replace(/[^a-z0-9]+/gi, '-').slice(0, 50)}`);
        throw new Error(`waited ${limit / 1000} s for ${what}; see ${file}${last ? `\n${last.message}` : ''}`);
      }
      await new Promise((done) => setTimeout(done, 100));
    }
  }

  /** Opens the quick input and fills it; what still takes the focus at that moment may close it, so it is tried again. */
  async quickInput(key, text) {
    const input = this.page.locator('.quick-input-widget:not(.hidden) input.input').first();
    await this.until(`the quick input for ${text}`, async () => {
      await this.page.keyboard.press(key);
      await input.waitFor({ timeout: 2000 });
      await input.fill(text, { timeout: 2000 });
      await this.page.waitForTimeout(150);
      return (await input.isVisible()) && (await input.inputValue()) === text;
    });
    return input;
  }

  /** Clicks the row of the quick input whose label is this. */
  async pick(label, key, text) {
    await this.until(`${label} in the list`, async () => {
      await this.quickInput(key, text);
      const rows = this.page.locator('.quick-input-list .monaco-list-row');
      await rows.first().waitFor({ timeout: 2000 });
      const labels = await rows.locator('.label-name').allInnerTexts();
      const at = labels.findIndex((each) => each.replaceAll('\u00a0', ' ').trim() === label);
      if (at < 0) return false;
      await rows.nth(at).click({ timeout: 2000 });
      return true;
    });
  }

  /** A command by its title, through the palette. */
  async command(title) {
    await this.pick(title, 'F1', `>${title}`);
  }

  async openFile(name) {
    await this.pick(name, 'Control+P', name);
    await this.page.waitForSelector(`.tab.active[data-resource-name="${name}"]`);
    await this.page.waitForSelector('.editor-instance .view-lines');
  }

  /** Puts the caret at a line (and column) of the open editor. */
  async goToLine(line, column = 1) {
    const input = await this.quickInput('Control+G', `:${line}:${column}`);
    await this.page.keyboard.press('Enter');
    await input.waitFor({ state: 'hidden' });
  }

  async toggleBreakpoint(line) {
    const before = await this.breakpointGlyphs();
    await this.goToLine(line);
    await this.page.keyboard.press('F9');
    await this.until(`the breakpoint at line ${line}`, async () => (await this.breakpointGlyphs()) !== before);
  }

  breakpointGlyphs() {
    return this.page.locator('.editor-instance .codicon-debug-breakpoint, .editor-instance .codicon-debug-breakpoint-unverified').count();
  }

  /** F5, and when more than one debugger knows Python, Refscope from the list. */
  async startDebugging() {
    await this.page.keyboard.press('F5');
    await this.until('the debug tool bar', async () => {
      const choice = this.page.locator('.quick-input-list .monaco-list-row', { hasText: 'Refscope' });
      if (await choice.first().isVisible()) await choice.first().click();
      return this.page.locator('.codicon-debug-stop, .codicon-debug-disconnect').first().isVisible();
    });
  }

  /** Waits for a stop at this line of the active file, and returns the texts of the call stack. */
  async stoppedAt(line) {
    await this.until(`a stop at line ${line}`, async () => {
      const rows = await this.callStack();
      return rows.some((row) => new RegExp(`(^|\\D)${line}:\\d+$`).test(row.replace(/\s+/g, ' ').trim()));
    });
    return this.callStack();
  }

  async callStack() {
    return this.page.locator('.debug-call-stack .monaco-list-row').allInnerTexts();
  }

  /** What the call stack says of a stop, such as "Paused on breakpoint". */
  async stateLabel() {
    const labels = this.page.locator('.pane-header .call-stack-state-message .label, .debug-call-stack .state.label');
    return (await labels.allTextContents()).join(' ').replaceAll('\u00a0', ' ').trim();
  }

  async continue() {
    await this.page.keyboard.press('F5');
  }

  async step(key) {
    await this.page.keyboard.press(key);
  }

  // --- room for what is to be read ----------------------------------------------------------------------

  /** Makes the side bar this wide, as by dragging its edge. */
  async sideBarWidth(width) {
    const box = await this.page.locator('.part.sidebar').boundingBox();
    const edge = box.x + box.width;
    await this.page.mouse.move(edge, box.y + box.height / 2);
    await this.page.waitForTimeout(400); // the edge takes hold after a moment
    await this.page.mouse.down();
    await this.page.mouse.move(box.x + width, box.y + box.height / 2, { steps: 8 });
    await this.page.mouse.up();
  }

  /** Closes a section of the side bar, such as Watch, so that the others get its room. */
  async collapseSection(title) {
    const header = this.page.locator('.part.sidebar .pane-header', { hasText: title });
    if ((await header.getAttribute('aria-expanded')) === 'true') await header.locator('.title').click();
  }

  // --- the Variables view -------------------------------------------------------------------------------

  variableRows() {
    return this.page.locator('.debug-variables .monaco-list-row');
  }

  /** The rows that are shown: {index, level, name, value, expanded}, from top to bottom. */
  async variables() {
    const rows = await this.variableRows().evaluateAll((elements) =>
      elements.map((row) => ({
        index: Number(row.getAttribute('data-index')),
        level: Number(row.getAttribute('aria-level')),
        expanded: row.getAttribute('aria-expanded'),
        name: (row.querySelector('.name') ?? row.querySelector('.scope') ?? row).textContent.replace(/\s*[=:]\s*$/, '').trim(),
        value: row.querySelector('.value')?.textContent ?? '',
      })),
    );
    return rows.sort((a, b) => a.index - b.index);
  }

  /** The row below the path of names, such as ['Locals', 'a', 'memory'], expanding what is closed on the way. */
  async variable(path) {
    return this.until(`the variable ${path.join(' → ')}`, async () => {
      let rows = await this.variables();
      let from = 0;
      let level = 0;
      let at = -1;
      for (const [depth, name] of path.entries()) {
        at = -1;
        for (let i = from; i < rows.length && (depth === 0 || rows[i].level > level); i++) {
          const matches = name instanceof RegExp ? name.test(rows[i].name) : rows[i].name === name;
          if (matches && (depth === 0 || rows[i].level === level + 1)) {
            at = i;
            break;
          }
        }
        if (at < 0) {
          // A list shows a window of its rows only: the rest comes into it by scrolling.
          await this.scrollVariables();
          return undefined;
        }
        level = rows[at].level;
        from = at + 1;
        if (depth < path.length - 1 && rows[at].expanded === 'false') {
          await this.variableRow(rows[at]).locator('.monaco-tl-twistie').click();
          await new Promise((done) => setTimeout(done, 150));
          rows = await this.variables();
        }
      }
      return { ...rows[at], locator: this.variableRow(rows[at]) };
    });
  }

  variableRow(row) {
    return this.page.locator(`.debug-variables .monaco-list-row[data-index="${row.index}"]`);
  }

  async scrollVariables() {
    await this.page.locator('.debug-variables').hover();
    await this.page.mouse.wheel(0, 120);
  }

  /** Opens the row of that path and gives its children. */
  async children(path) {
    const row = await this.variable(path);
    if (row.expanded === 'false') await row.locator.locator('.monaco-tl-twistie').click();
    return this.until(`the children of ${path.join(' → ')}`, async () => {
      const rows = await this.variables();
      const opened = await this.variable(path);
      const at = rows.findIndex((each) => each.name === opened.name && each.level === opened.level && each.expanded === 'true');
      if (at < 0) return undefined;
      const found = [];
      for (const each of rows.slice(at + 1)) {
        if (each.level <= opened.level) break;
        if (each.level === opened.level + 1) found.push(each);
      }
      return found.length > 0 ? found : undefined;
    });
  }

  /** Closes or opens the row. */
  async toggle(path) {
    const row = await this.variable(path);
    await row.locator.locator('.monaco-tl-twistie').click();
    await this.until(`${path.join(' → ')} to change`, async () => (await this.variable(path)).expanded !== row.expanded);
  }

  /** The context menu of a variable, and the entry with that text in it. */
  async variableMenu(path, entry) {
    const row = await this.variable(path);
    await row.locator.click({ button: 'right' });
    const item = this.page.locator('.context-view .action-item', { hasText: entry });
    await item.first().waitFor();
    await this.page.waitForTimeout(400); // a menu that has just opened takes no click yet
    return item.first();
  }

  // --- elsewhere ----------------------------------------------------------------------------------------

  async breakpointsView() {
    return this.page.locator('.debug-breakpoints .monaco-list-row').allInnerTexts();
  }

  async showDebugConsole() {
    await this.page.keyboard.press('Control+Shift+Y');
    await this.page.waitForSelector('.repl');
  }

  async debugConsole() {
    return (await this.page.locator('.repl .monaco-list-row').allInnerTexts()).join('\n').replaceAll('\u00a0', ' ');
  }

  async evaluateInConsole(expression) {
    await this.showDebugConsole();
    await this.page.locator('.repl-input-wrapper .monaco-editor').click();
    await this.page.keyboard.type(expression);
    await this.page.keyboard.press('Enter');
  }

  /** Points at a word of the shown editor and returns the hover's text. */
  async hover(line, word) {
    await this.goToLine(line);
    const text = this.page.locator('.editor-instance .view-line').filter({ hasText: word });
    const box = await this.until(`${word} in the editor`, () =>
      text.evaluateAll(
        (lines, [wanted, number]) => {
          const tops = lines.map((each) => [parseFloat(each.style.top), each]).sort((a, b) => a[0] - b[0]);
          const margin = [...document.querySelectorAll('.editor-instance .margin-view-overlays > div')].find(
            (each) => each.querySelector('.line-numbers')?.textContent === String(number),
          );
          const found = tops.find(([top]) => margin !== undefined && top === parseFloat(margin.style.top));
          if (found === undefined) return undefined;
          const walker = document.createTreeWalker(found[1], NodeFilter.SHOW_TEXT);
          for (let node = walker.nextNode(); node; node = walker.nextNode()) {
            const at = new RegExp(`(^|[^\\w])${wanted}($|[^\\w])`).exec(node.data);
            if (at === null) continue;
            const range = document.createRange();
            const start = node.data.indexOf(wanted, at.index);
            range.setStart(node, start);
            range.setEnd(node, start + wanted.length);
            const { x, y, width, height } = range.getBoundingClientRect();
            return { x: x + width / 2, y: y + height / 2 };
          }
          return undefined;
        },
        [word, line],
      ),
    );
    // From where nothing is to be hovered over, straight to the word.
    await this.page.mouse.move(700, 5);
    await this.page.locator('.debug-hover-widget').waitFor({ state: 'hidden' });
    await this.page.waitForTimeout(300);
    await this.page.mouse.move(box.x - 1, box.y);
    await this.page.mouse.move(box.x, box.y);
    return this.until(`the hover on ${word}`, async () => {
      const debug = this.page.locator('.debug-hover-widget');
      if (await debug.isVisible()) return (await debug.innerText()).replaceAll('\u00a0', ' ').trim();
      const plain = this.page.locator('.monaco-hover:not(.hidden) .monaco-hover-content');
      if (await plain.first().isVisible()) return (await plain.first().innerText()).replaceAll('\u00a0', ' ').trim();
      return undefined;
    });
  }

  async dismissHover() {
    await this.page.mouse.move(700, 5);
    await this.page.keyboard.press('Escape');
    await this.page.locator('.debug-hover-widget').waitFor({ state: 'hidden' });
  }

  /** What the integrated terminal shows, without the rows that are still empty. */
  async terminal() {
    const rows = await this.page.locator('.terminal-wrapper.active .xterm-rows > div').allInnerTexts();
    return rows.map((row) => row.replaceAll('\u00a0', ' ').trimEnd()).join('\n').trimEnd();
  }

  async showTerminal() {
    await this.command('Terminal: Focus Terminal');
    await this.page.waitForSelector('.terminal-wrapper.active .xterm-rows');
  }

  async notifications() {
    return this.page.locator('.notification-toast .notification-list-item-message').allInnerTexts();
  }

  async dialog() {
    const box = this.page.locator('.monaco-dialog-box');
    return (await box.isVisible()) ? box.innerText() : undefined;
  }

  async assertNoDialog() {
    assert.equal(await this.dialog(), undefined);
  }
}
