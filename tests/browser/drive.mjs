// Lets Chromium open the page of `examples/browser`, and compares what it read with what the command `zarr` wrote:
// `node drive.mjs CHROMIUM PAGE ZARR HOME DATA`. Pictures of the page are left in HOME.
import assert from "node:assert/strict";
import { mkdir, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { Chromium } from "./chromium.mjs";
import { serve } from "./servers.mjs";
import * as store from "./store.mjs";

const [program, ...paths] = process.argv.slice(2);
const [pageFiles, zarr, home, data] = paths.map(path => resolve(path));
await mkdir(home, { recursive: true });
const { directory, tree } = await store.make(zarr, home, data);
const served = await store.serve(zarr, directory);
const site = await serve(pageFiles);
const chromium = await Chromium.start(program);
console.log(await chromium.version());

const settled = "['ready', 'failed'].includes(document.body.dataset.state)";
const [, rows, columns] = store.SHAPE;
const cells = plane => Array.from({ length: rows * columns }, (_, i) =>
  store.value(plane, Math.floor(i / columns), i % columns));

/** Opens the page for a store; what is wanted of it when it has read or failed. */
async function opened(address, path, look) {
  const page = await chromium.page(`${site}/?store=${encodeURIComponent(address)}#${encodeURIComponent(path)}`);
  try {
    await page.until(settled);
    return await look(page);
  } finally {
    await page.close();
  }
}

const readWaves = address => opened(address, "waves", async page => {
  assert.equal(await page.value("document.getElementById('failure').textContent"), "");
  return page.value("[...shown.values]");
});
const failure = (address, path = "waves") => opened(address, path, page =>
  page.value("document.getElementById('failure').textContent"));

const CHECKS = {
  "the tree is the one that `zarr tree` prints": () => opened(served.url, "waves", async page => {
    const lines = text => text.trim().split("\n").slice(1);
    assert.deepEqual(lines(await page.value("document.getElementById('tree').textContent")), lines(tree));
  }),

  "planes have the numbers that were written": () => opened(served.url, "waves", async page => {
    assert.deepEqual(await page.value("[...shown.values]"), cells(0));
    await page.value("(input => { input.value = 2; input.oninput(); })(document.querySelector('#sliders input'))");
    await page.until("shown.at[0] === 2");
    assert.deepEqual(await page.value("[...shown.values]"), cells(2));
    // The ends of viridis, at the least and the greatest number.
    const pixel = (x, y) => page.value(
      `[...document.getElementById('canvas').getContext('2d').getImageData(${x}, ${y}, 1, 1).data]`);
    assert.deepEqual(await pixel(0, 0), [68, 1, 84, 255]);
    assert.deepEqual(await pixel(columns - 1, rows - 1), [253, 231, 37, 255]);
    assert.equal(await page.value("document.getElementById('least').textContent"), "2000");
    assert.equal(await page.value("document.getElementById('greatest').textContent"), "2449");
  }),

  "what is absent is the fill value": () => opened(served.url, "sparse", async page => {
    assert.deepEqual(await page.value("[shown.rows, shown.columns, ...new Set(shown.values)]"), [100, 100, 7]);
  }),

  "the page can be looked at": () => opened(served.url, "salish_sea/topography", async page => {
    assert.equal(await page.value("shown.path"), "salish_sea/topography");
    for (const [name, look] of Object.entries({
      wide: { width: 1200, height: 800 },
      dark: { width: 1200, height: 800, dark: true },
      narrow: { width: 420, height: 900 },
    })) {
      await writeFile(join(home, `${name}.png`), await page.picture(look));
      assert.ok(await page.value("document.documentElement.scrollWidth <= innerWidth"), `${name}: wider than the window`);
    }
  }),

  "a server that hides its headers is read": async () => {
    assert.deepEqual(await readWaves(await serve(directory)), cells(0));
  },

  "a server that shows its headers is read": async () => {
    const shown = { exposed: "Content-Range, ETag", tag: () => '"1"' };
    assert.deepEqual(await readWaves(await serve(directory, shown)), cells(0));
  },

  "a server that knows no ranges is read": async () => {
    assert.deepEqual(await readWaves(await serve(directory, { ranges: false })), cells(0));
  },

  "a value that keeps changing is an error": async () => {
    let times = 0;
    const tag = path => `"${path.includes("/c/") ? ++times : 0}"`;
    const changing = await serve(directory, { exposed: "Content-Range, ETag", tag });
    assert.match(await failure(changing), /changed while it was being read/);
  },

  "only 404 means absent, and no error shows a secret": async () => {
    for (const status of [403, 410, 500]) {
      const broken = await serve(directory, { status: path => path.includes("/c/") ? status : undefined });
      const told = await failure(`${broken}/?sig=s3cr3t`, "sparse");
      assert.match(told, new RegExp(`status ${status}`));
      assert.doesNotMatch(told, /s3cr3t/);
    }
  },

  "a server that allows no other pages is told apart": async () => {
    assert.match(await failure(await serve(directory, { cors: false })), /CORS/);
    assert.match(await failure("http://127.0.0.1:1"), /CORS/);
  },

  "without consolidated metadata nothing is listed": async () => {
    assert.match(await failure(`${served.url}salish_sea`), /HTTP cannot list.*consolidate/);
  },

  "addresses that a browser cannot read are refused": async () => {
    assert.match(await failure("s3://bucket/store.zarr"), /a browser reads `http:` and `https:`/);
    const told = await failure("http://me:s3cr3t@127.0.0.1/store.zarr");
    assert.match(told, /a name and password/);
    assert.doesNotMatch(told, /s3cr3t/);
  },
};

let failed = 0;
for (const [name, check] of Object.entries(CHECKS)) {
  try {
    await check();
    console.log(`ok: ${name}`);
  } catch (error) {
    failed += 1;
    console.log(`FAILED: ${name}: ${error.message}`);
  }
}
await chromium.close();
served.stop();
console.log(`${Object.keys(CHECKS).length - failed} passed, ${failed} failed`);
process.exit(failed ? 1 : 0);
