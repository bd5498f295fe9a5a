// Opens the pages that TestPages of pkg/report has written.
import { chromium } from 'playwright-core';

// The switches keep Chromium from calling home, which is no business of the
// page's and fails on a machine without a network.
const quiet = [
  '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
  '--disable-background-networking', '--disable-component-update', '--disable-sync',
];

export const launch = () =>
  chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: quiet });

export const address = (name) => `file://${process.env.PAGES}/${name}/report.html`;

// open opens a page of its own context, and notes what must not happen: errors,
// and requests for anything but the page.
export async function open(browser, name, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
  const page = await context.newPage();
  page.troubles = [];
  page.on('pageerror', (error) => page.troubles.push(`error: ${error.message}`));
  page.on('console', (message) => page.troubles.push(`console: ${message.text()}`));
  page.on('request', (request) => {
    const url = request.url();
    if (url !== address(name) && url !== 'data:,') page.troubles.push(`request: ${url}`);
  });
  await page.goto(address(name));
  return page;
}

// rows gives the shown rows' cells by their labels.
export const rows = (page) =>
  page.locator('tbody tr').evaluateAll((trs) => trs.map((tr) =>
    Object.fromEntries([...tr.cells].map((td) => [td.dataset.label, td.innerText]))));
