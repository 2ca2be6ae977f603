// The store that the page reads, made and served by the command `zarr`.
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";

/** The array `waves`: planes, rows and columns of 16-bit integers, each telling its place. */
export const SHAPE = [3, 40, 60];
export const value = (plane, row, column) => 1000 * plane + 10 * row + column;

export async function make(zarr, home, data) {
  const run = async (...args) => (await promisify(execFile)(zarr, args, { cwd: home })).stdout;
  await rm(join(home, "store.zarr"), { recursive: true, force: true });
  const [planes, rows, columns] = SHAPE;
  const numbers = Int16Array.from({ length: planes * rows * columns }, (_, i) =>
    value(Math.floor(i / rows / columns), Math.floor(i / columns) % rows, i % columns));
  await writeFile(join(home, "waves.bin"), numbers);
  const raw = ["--dtype", "<i2", "--shape", SHAPE.join(",")];
  // In one shard, of which the page reads the index and then the inner chunks of a plane.
  await run("write", "waves.bin", "store.zarr::waves", ...raw, "--chunks", "1,16,16", "--shards", "3,48,64");
  // Of this one, only a corner is stored: other chunks are absent.
  await run("create", "store.zarr::sparse", "--shape", "100,100", "--dtype", "float64", "--chunks", "50,50", "--fill-value", "7");
  const topography = join(data, "salish_sea_topo.npy");
  await run("write", topography, "store.zarr::salish_sea/topography", "--chunks", "32,32", "--fill-value", '"NaN"');
  const bare = join(home, "store.zarr");
  await run("consolidate", bare);
  return { directory: bare, tree: await run("tree", bare) };
}

/** Starts `zarr serve` on any free port; its address, and how to stop it. */
export async function serve(zarr, directory) {
  const server = spawn(zarr, ["serve", directory, "--port", "0"], { stdio: ["ignore", "pipe", "ignore"] });
  const [line] = await once(createInterface(server.stdout), "line");
  return { url: line.trim(), stop: () => server.kill() };
}
