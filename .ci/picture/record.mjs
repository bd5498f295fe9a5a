// Runs ./session in a pseudo-terminal, of which xterm.js keeps the screen, and
// draws what was to be seen: node record.mjs FOLDER FILE.svg. FOLDER is where
// the session runs.
import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import xterm from '@xterm/headless';
import { draw } from './draw.mjs';

const size = { cols: 118, rows: 30 };
const everyMs = 400; // between two frames, at least

const [folder, file] = process.argv.slice(2);
const session = join(import.meta.dirname, 'session');
const terminal = new xterm.Terminal({ ...size, scrollback: 1000, allowProposedApi: true, convertEol: false });
const frames = []; // {at, lines}; at is in milliseconds from the beginning
const began = performance.now();

// script, of util-linux, gives the session a terminal and hands on what it prints.
const child = spawn('script', ['--quiet', '--return', '--flush', '--command',
  `stty cols ${size.cols} rows ${size.rows}; exec bash '${session}'`, '/dev/null'],
{ cwd: folder, stdio: ['ignore', 'pipe', 'inherit'], env: { ...process.env, TERM: 'xterm-256color' } });
child.stdout.on('data', (data) => {
  const at = performance.now() - began;
  terminal.write(data, () => keep({ at, lines: screen() }));
});
child.on('close', (code) => terminal.write('', () => {
  if (code !== 0) throw new Error(`the session ended with ${code}`);
  writeFileSync(file, draw({ ...size, frames, text: everything() }));
}));

// keep adds a frame, in place of one that was to be seen for a moment only.
function keep(frame) {
  const last = frames.at(-1);
  if (last && JSON.stringify(last.lines) === JSON.stringify(frame.lines)) return;
  if (last && frame.at - last.at < everyMs) frames[frames.length - 1] = { at: last.at, lines: frame.lines };
  else frames.push(frame);
}

// screen gives the lines to be seen, as runs of characters of one weight.
function screen() {
  const { active } = terminal.buffer;
  return Array.from({ length: size.rows }, (_, y) => runs(active.getLine(active.viewportY + y)));
}

function runs(line) {
  const all = [];
  for (let x = 0; x < line.translateToString(true).length; x++) {
    const cell = line.getCell(x);
    const bold = Boolean(cell.isBold());
    if (!cell.isFgDefault() || !cell.isBgDefault()) throw new Error('the picture has no colours yet');
    if (all.at(-1)?.bold !== bold) all.push({ x, bold, text: '' });
    all.at(-1).text += cell.getChars() || ' ';
  }
  return all;
}

// everything gives what was printed from first to last, in whole lines.
function everything() {
  const { active } = terminal.buffer;
  let text = '';
  for (let y = 0; y <= active.baseY + active.cursorY; y++) {
    const line = active.getLine(y);
    const next = active.getLine(y + 1);
    text += line.translateToString(!next?.isWrapped) + (next?.isWrapped ? '' : '\n');
  }
  return text.trimEnd();
}
