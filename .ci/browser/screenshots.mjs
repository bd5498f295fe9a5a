// Takes pictures of the page into the folder given: on a desk in light and
// dark, on a phone, and on paper.
import { join } from 'node:path';
import { launch, open } from './page.mjs';

const folder = process.argv[2];
const browser = await launch();
for (const [name, options] of [
  ['light', { colorScheme: 'light' }],
  ['dark', { colorScheme: 'dark' }],
  ['phone', { colorScheme: 'light', viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, isMobile: true }],
]) {
  const page = await open(browser, 'small', options);
  await page.screenshot({ path: join(folder, `${name}.png`) });
  await page.locator('#rows').evaluate((section) => section.scrollIntoView());
  await page.screenshot({ path: join(folder, `${name}-rows.png`) });
  if (name === 'light') await page.pdf({ path: join(folder, 'paper.pdf'), format: 'A4' });
  await page.context().close();
}
await browser.close();
