import { readFileSync } from 'node:fs';
import { requiredChromium } from '../support/http/browser.ts';

/** Draws what chats show beside a link, of the mark and the typeface: `node test/tools/draw-card.ts`. */
const ASSETS = new URL('../../src/web/assets/', import.meta.url);
const [width, height] = [1200, 630];

const inline = (name: string, type: string) =>
  `data:${type};base64,${readFileSync(new URL(name, ASSETS)).toString('base64')}`;
const card = `<!doctype html><style>
@font-face { font-family: card; font-weight: 400 700; src: url(${inline('typeface/atkinson-next.woff2', 'font/woff2')}) }
body { display: flex; align-items: center; gap: 70px; box-sizing: border-box; height: ${height}px; margin: 0;
  padding-left: 100px; background: #17191e; color: #f4f4f0; font-family: card }
h1 { margin: 0; font-size: 120px; line-height: 1; letter-spacing: -0.01em }
p { margin: 22px 0 0; color: #b6bbc4; font-size: 44px }
img { width: 340px }
</style><img alt="" src="${inline('canary.svg', 'image/svg+xml')}"><div><h1>Haldane</h1><p>Canary analysis</p></div>`;

const browser = await requiredChromium();
if (browser === undefined) process.exit(1);
try {
  const page = await browser.newPage({ viewport: { width, height }, deviceScaleFactor: 0.5 });
  await page.setContent(card);
  await page.evaluate('document.fonts.ready');
  await page.screenshot({ path: new URL('card.png', ASSETS).pathname });
} finally {
  await browser.close();
}
