// zarrita.js reads and writes arrays as it is told, a line of JSON for each: see `tests/interop/processes.py`.

import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import FileSystemStore from "@zarrita/storage/fs";
import * as zarr from "zarrita";

/** The elements' own memory, whatever array type they are in. */
function bytesOf(data) {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}

async function read({ path, elements }) {
  const array = await zarr.open(new FileSystemStore(path), { kind: "array" });
  const got = await zarr.get(array);
  // An array without axes comes as its only element.
  const data = array.shape.length === 0 ? elementsOf(array.dtype, [got]) : inOrder(got);
  writeFileSync(elements, bytesOf(data));
  return { dtype: array.dtype, shape: array.shape };
}

/** The elements in C order: they come in the order in which chunks store them. */
function inOrder({ data, shape, stride }) {
  let dense = 1;
  const isDense = shape.map((_, i) => shape.length - 1 - i).every((axis) => {
    const fits = shape[axis] === 1 || stride[axis] === dense;
    dense *= shape[axis];
    return fits;
  });
  if (isDense) return data;
  const sorted = new data.constructor(data.length);
  const get = (at) => (data.get ? data.get(at) : data[at]);
  const index = shape.map(() => 0);
  for (let i = 0; i < data.length; i++) {
    const value = get(index.reduce((at, n, axis) => at + n * stride[axis], 0));
    if (sorted.set && sorted.get) sorted.set(i, value);
    else sorted[i] = value;
    for (let axis = shape.length - 1; axis >= 0 && ++index[axis] === shape[axis]; axis--) index[axis] = 0;
  }
  return sorted;
}

const TYPES = {
  bool: zarr.BoolArray,
  int8: Int8Array,
  int16: Int16Array,
  int32: Int32Array,
  int64: BigInt64Array,
  uint8: Uint8Array,
  uint16: Uint16Array,
  uint32: Uint32Array,
  uint64: BigUint64Array,
  float16: globalThis.Float16Array,
  float32: Float32Array,
  float64: Float64Array,
};

function elementsOf(dtype, source) {
  const Type = TYPES[dtype];
  if (!Type) throw new Error(`no elements of ${dtype} in JavaScript`);
  return new Type(source);
}

async function write({ path, metadata, elements, shape }) {
  // As text: JavaScript's own JSON has no integers beyond 53 bits.
  mkdirSync(path, { recursive: true });
  writeFileSync(join(path, JSON.parse(metadata).zarr_format === 3 ? "zarr.json" : ".zarray"), metadata);
  const array = await zarr.open(new FileSystemStore(path), { kind: "array" });
  const bytes = readFileSync(elements);
  const data = elementsOf(array.dtype, new Uint8Array(bytes).buffer);
  if (shape.length === 0) {
    await zarr.set(array, null, data.get ? data.get(0) : data[0]);
    return {};
  }
  const stride = shape.map((_, axis) => shape.slice(axis + 1).reduce((a, b) => a * b, 1));
  await zarr.set(array, shape.map((n) => zarr.slice(0, n)), { data, shape, stride });
  return {};
}

const tasks = { read, write };
for await (const line of createInterface({ input: process.stdin })) {
  let answer;
  try {
    const task = JSON.parse(line);
    answer = await tasks[task.do](task);
  } catch (error) {
    answer = { error: `${error.name}: ${error.message}` };
  }
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
