// Draws a recorded terminal as an SVG that needs nothing else: the frames below
// each other on a strip that moves past a window, once, and stands still at the
// last. Whoever wants less motion sees the last at once.
const cell = { width: 8.4, height: 18 };
const margin = 16;
const pauseMs = 1000; // the longest that nothing happens
const restMs = 500; // before the end of the strip

const escape = (text) => text.replace(/[&<>]/g, (c) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;' })[c]);
const round = (n) => Math.round(n * 100) / 100;

export function draw({ cols, rows, frames, text }) {
  const width = round(cols * cell.width);
  const height = rows * cell.height;
  const begins = beginnings(frames);
  const end = begins.at(-1) + restMs;
  const stops = begins.map((at, i) => `${round((100 * at) / end)}%{transform:translateY(${-i * height}px)}`);
  const still = `transform:translateY(${-(frames.length - 1) * height}px)`;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width + 2 * margin} ${height + 2 * margin}" role="img" aria-labelledby="title text">
<title id="title">enlist at work in a terminal</title>
<desc id="text">${escape(text)}</desc>
<style>
.page{fill:#f6f8fa;stroke:#d0d7de}
text{fill:#1f2328;font:14px ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;white-space:pre}
.b{font-weight:bold}
#strip{animation:play ${Math.round(end)}ms step-end 1 forwards;${still}}
@keyframes play{${stops.join('')}to{${still}}}
@media (prefers-color-scheme:dark){.page{fill:#0d1117;stroke:#30363d}text{fill:#e6edf3}}
@media (prefers-reduced-motion:reduce){#strip{animation:none}}
</style>
<rect class="page" x=".5" y=".5" width="${width + 2 * margin - 1}" height="${height + 2 * margin - 1}" rx="8"/>
<svg x="${margin}" y="${margin}" width="${width}" height="${height}">
<g id="strip" xml:space="preserve">
${frames.map(({ lines }, i) => frame(lines, i * height)).join('\n')}
</g>
</svg>
</svg>
`;
}

// beginnings gives when each frame is shown, without the long pauses.
function beginnings(frames) {
  const begins = [0];
  for (let i = 1; i < frames.length; i++) {
    begins.push(begins[i - 1] + Math.min(pauseMs, frames[i].at - frames[i - 1].at));
  }
  return begins;
}

// Each run of characters is told its width, so that columns stand below each
// other in whatever font there is.
function frame(lines, top) {
  return lines.flatMap((runs, y) => runs.filter((run) => run.text.trim()).map(({ x, bold, text }) => {
    const length = round([...text].length * cell.width);
    return `<text x="${round(x * cell.width)}" y="${top + y * cell.height + 14}" textLength="${length}"${bold ? ' class="b"' : ''}>${escape(text)}</text>`;
  })).join('');
}
