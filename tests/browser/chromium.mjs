// Chromium without a window, spoken to in its DevTools protocol over a pipe: messages of JSON, each ended by a zero byte.
import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

export class Chromium {
  #process; #home; #last = 0; #waiting = new Map(); #text = "";

  static async start(program) {
    const home = await mkdtemp(join(tmpdir(), "zarr-browser-"));
    return new Chromium(program, home);
  }

  constructor(program, home) {
    this.#home = home;
    const options = ["--headless", "--remote-debugging-pipe", `--user-data-dir=${home}`, "--no-first-run", "--disable-gpu"];
    // Its sandbox does not start for root, and in many containers.
    options.push("--no-sandbox", "--disable-dev-shm-usage");
    this.#process = spawn(program, options, { stdio: ["ignore", "ignore", "ignore", "pipe", "pipe"] });
    this.#process.stdio[4].setEncoding("utf8").on("data", text => this.#take(text));
    this.#process.on("exit", () => this.#fail(new Error(`${program} ended`)));
    this.#process.on("error", error => this.#fail(error));
  }

  #take(text) {
    const messages = (this.#text + text).split("\0");
    this.#text = messages.pop();
    for (const { id, result, error } of messages.map(message => JSON.parse(message))) {
      const { resolve, reject } = this.#waiting.get(id) ?? {};
      this.#waiting.delete(id);
      if (error) reject?.(new Error(error.message)); else resolve?.(result);
    }
  }

  #fail(error) {
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
  }

  send(method, params = {}, sessionId = undefined) {
    const id = ++this.#last;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#process.stdio[3].write(JSON.stringify({ id, method, params, sessionId }) + "\0");
    });
  }

  async version() {
    return (await this.send("Browser.getVersion")).product;
  }

  /** A new page at an address. */
  async page(url) {
    const { targetId } = await this.send("Target.createTarget", { url });
    const { sessionId } = await this.send("Target.attachToTarget", { targetId, flatten: true });
    return new Page(this, sessionId, targetId);
  }

  async close() {
    await this.send("Browser.close").catch(() => {});
    await rm(this.#home, { recursive: true, force: true, maxRetries: 5 });
  }
}

class Page {
  constructor(browser, session, target) {
    Object.assign(this, { browser, session, target });
  }

  send(method, params) {
    return this.browser.send(method, params, this.session);
  }

  /** The value of an expression, which may be a promise. */
  async value(expression) {
    const asked = { expression, awaitPromise: true, returnByValue: true };
    const { result, exceptionDetails: thrown } = await this.send("Runtime.evaluate", asked);
    if (thrown) throw new Error(thrown.exception?.description ?? thrown.text);
    return result.value;
  }

  /** Waits until an expression is true. */
  async until(expression, seconds = 60) {
    for (const end = Date.now() + 1000 * seconds; Date.now() < end; await new Promise(then => setTimeout(then, 50))) {
      // Before the page is there, the expression has no meaning.
      if (await this.value(`Boolean(${expression})`).catch(() => false)) return;
    }
    const text = await this.value("document.body.innerText");
    throw new Error(`after ${seconds} s still not: ${expression}\nthe page has: ${text}`);
  }

  async picture({ width, height, dark = false }) {
    await this.send("Emulation.setDeviceMetricsOverride", { width, height, deviceScaleFactor: 1, mobile: false });
    const features = [{ name: "prefers-color-scheme", value: dark ? "dark" : "light" }];
    await this.send("Emulation.setEmulatedMedia", { features });
    const { data } = await this.send("Page.captureScreenshot", { format: "png" });
    return Buffer.from(data, "base64");
  }

  close() {
    return this.browser.send("Target.closeTarget", { targetId: this.target });
  }
}
