// Runs a program for wasm32-wasip1 with node's WASI: `node --no-warnings tests/wasm/run.mjs PROGRAM.wasm [ARGUMENTS…]`.
// It can be cargo's runner, and ends with the status of the program.
import { readFile } from "node:fs/promises";
import { WASI } from "node:wasi";

const [program, ...args] = process.argv.slice(2);
const wasi = new WASI({ version: "preview1", args: [program, ...args], env: {}, returnOnExit: true });
const { instance } = await WebAssembly.instantiate(await readFile(program), wasi.getImportObject());
process.exit(wasi.start(instance));
