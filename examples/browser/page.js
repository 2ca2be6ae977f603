// The page: opens the store of `?store=ADDRESS`, shows its tree, and draws planes of its arrays. All reading and decoding is
// done by the library in `pkg/`.
import load, { legend, open } from "./pkg/zarr_browser.js";

const part = id => document.getElementById(id);
const state = text => { document.body.dataset.state = text; };
const short = value => Number.isNaN(value) ? "no number" : String(Number(value.toPrecision(6)));

let hierarchy, array, at, drawing;

/** Runs what a person asked for; a failure is told on the page. */
async function attempt(work) {
  state("busy");
  part("failure").hidden = true;
  try {
    await work();
    state("ready");
  } catch (error) {
    part("failure").textContent = error.message ?? String(error);
    part("failure").hidden = false;
    state("failed");
  }
}

async function begin() {
  await load();
  const colors = legend(), stops = [];
  for (let i = 0; i < colors.length; i += 4) stops.push(`rgb(${colors.slice(i, i + 3).join(" ")})`);
  part("legend").style.background = `linear-gradient(to right, ${stops.join(", ")})`;
  const store = new URLSearchParams(location.search).get("store");
  if (!store) return;
  part("opening").elements.store.value = store;
  // An address without a host is one of the page's own server.
  hierarchy = await open(new URL(store, location.href).href);
  part("tree").textContent = await hierarchy.tree();
  part("hierarchy").hidden = false;
  const paths = await hierarchy.arrays();
  part("arrays").replaceChildren(...paths.map(path => new Option("/" + path, path)));
  const wanted = decodeURIComponent(location.hash.slice(1));
  if (paths.includes(wanted)) part("arrays").value = wanted;
  if (paths.length) await choose();
}

/** Shows the array that is chosen, at the beginning of its axes. */
async function choose() {
  const path = part("arrays").value;
  array = await hierarchy.array(path);
  history.replaceState(null, "", "#" + encodeURIComponent(path));
  part("info").textContent = array.info;
  const leading = [...array.shape].slice(0, -2);
  at = leading.map(() => 0);
  part("sliders").replaceChildren(...leading.map(slider));
  await draw();
}

/** A slider along one of the axes before the last two. */
function slider(length, axis) {
  const row = document.createElement("label"), name = document.createElement("span");
  const input = document.createElement("input"), output = document.createElement("output");
  const say = () => { output.textContent = `${at[axis]} / ${length - 1}`; };
  row.className = "row";
  name.textContent = array.axes[axis];
  Object.assign(input, { type: "range", min: 0, max: Math.max(length - 1, 0), value: 0 });
  input.oninput = () => { at[axis] = Number(input.value); say(); attempt(draw); };
  say();
  row.append(name, input, output);
  return row;
}

/** Draws the plane; one that comes later than a newer one is passed over. */
async function draw() {
  const mine = drawing = Symbol();
  const plane = await array.plane(at);
  if (mine !== drawing) return;
  const { rows, columns, steps, values, least, greatest } = plane, canvas = part("canvas");
  canvas.width = columns;
  canvas.height = rows;
  if (rows && columns) {
    const image = new ImageData(new Uint8ClampedArray(plane.pixels()), columns, rows);
    canvas.getContext("2d").putImageData(image, 0, 0);
  }
  plane.free();
  part("least").textContent = short(least);
  part("greatest").textContent = short(greatest);
  part("readout").textContent = `${rows} × ${columns}` + (Math.max(...steps) > 1 ? `, every ${steps.join(" × ")}` : "");
  part("picture").hidden = false;
  // For the console, too.
  globalThis.shown = { path: part("arrays").value, at: [...at], rows, columns, steps, values };
  canvas.onpointermove = event => {
    const [row, column] = cell(event);
    if (row < 0 || row >= rows || column < 0 || column >= columns) return;
    const index = [...at, row * steps[0], column * steps[1]].slice(-array.shape.length);
    part("readout").textContent = `[${index.join(", ")}] = ${short(values[row * columns + column])}`;
  };
}

/** The row and the column of a picture under the pointer: the picture fills the canvas in one direction only. */
function cell(event) {
  const { width, height } = event.target, box = event.target.getBoundingClientRect();
  const size = Math.min(box.width / width, box.height / height);
  const left = box.left + (box.width - size * width) / 2, top = box.top + (box.height - size * height) / 2;
  return [Math.floor((event.clientY - top) / size), Math.floor((event.clientX - left) / size)];
}

part("arrays").onchange = () => attempt(choose);
attempt(begin);
