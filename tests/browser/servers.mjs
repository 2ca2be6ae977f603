// Web servers on loopback: of the page's files, and of a store with the faults and limits that real servers have.
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { createServer } from "node:http";
import { extname, join, normalize } from "node:path";

const TYPES = { ".html": "text/html", ".js": "text/javascript", ".css": "text/css", ".wasm": "application/wasm" };

/** Serves the files below a directory, as `behave` has it; the address. */
export async function serve(directory, behave = {}) {
  const server = createServer((request, response) => {
    answer(directory, behave, request, response).catch(() => response.destroy());
  });
  await new Promise(then => server.listen(0, "127.0.0.1", then));
  server.unref();
  return `http://127.0.0.1:${server.address().port}`;
}

/**
 * - `cors`: whether pages of other origins may read
 * - `exposed`: the headers that those may see, besides the few that they always may
 * - `ranges`: whether a part is sent where one is asked for
 * - `status`: of the answer for a path, instead of the file's
 * - `tag`: the ETag for a path, each time it is asked for
 */
async function answer(directory, behave, request, response) {
  const { cors = true, exposed = "", ranges = true, status, tag } = behave;
  if (cors) response.setHeader("Access-Control-Allow-Origin", "*");
  if (exposed) response.setHeader("Access-Control-Expose-Headers", exposed);
  // A request that has to ask for leave gets none.
  if (!["GET", "HEAD"].includes(request.method)) return response.writeHead(405).end();
  const path = normalize(decodeURIComponent(new URL(request.url, "http://h").pathname));
  const file = join(directory, path.endsWith("/") ? path + "index.html" : path);
  const told = status?.(path);
  if (told) return response.writeHead(told).end("no");
  const found = await stat(file).catch(() => undefined);
  if (!found?.isFile()) return response.writeHead(404).end("not found");
  response.setHeader("Content-Type", TYPES[extname(file)] ?? "application/octet-stream");
  if (tag) response.setHeader("ETag", tag(path));
  const [first, last] = part(ranges && request.headers.range, found.size);
  if (first > last && found.size) {
    return response.writeHead(416, { "Content-Range": `bytes */${found.size}` }).end();
  }
  const length = Math.max(last - first + 1, 0);
  response.setHeader("Content-Length", length);
  if (ranges && request.headers.range) {
    response.statusCode = 206;
    response.setHeader("Content-Range", `bytes ${first}-${last}/${found.size}`);
  }
  if (request.method === "HEAD" || !length) return response.end();
  createReadStream(file, { start: first, end: last }).pipe(response);
}

/** The first and the last byte that are asked for. */
function part(range, size) {
  const [, first, last] = /^bytes=(\d+)-(\d*)$/.exec(range || "") ?? [];
  if (first === undefined) return [0, size - 1];
  return [Number(first), last ? Math.min(Number(last), size - 1) : size - 1];
}
