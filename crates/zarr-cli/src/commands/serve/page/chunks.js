// A map of the chunks that are stored, by their size.
import {ask, gradient, make} from "/~/dom.js";

export async function chunks(path) {
  const part = make("section");
  part.append(make("h2", "Chunks"));
  try {
    const map = await (await ask("chunks", {path})).json();
    part.append(make("p", map.nstored + " of " + map.nchunks + " " + map.noun + "s are stored; their total size is " + map.size));
    if (map.cells.length) part.append(draw(map), legend(map));
    if (map.scale[0] * map.scale[1] > 1) part.append(make("p", "Each square shows " + map.scale.join(" × ") + " " + map.noun + "s."));
  } catch (error) {
    part.append(make("p", error.message, {class: "error"}));
  }
  return part;
}

function draw(map) {
  const canvas = make("canvas", undefined, {id: "chunks"}), rows = map.cells.length / map.width;
  const side = Math.max(3, Math.min(16, Math.floor(640 / map.width)));
  canvas.width = map.width * side;
  canvas.height = rows * side;
  const context = canvas.getContext("2d"), most = Math.max(1, ...map.cells);
  map.cells.forEach((size, i) => {
    context.fillStyle = size < 0 ? "#8883" : "rgb(" + map.ramp[Math.round(16 * size / most)].join(",") + ")";
    context.fillRect((i % map.width) * side, Math.floor(i / map.width) * side, side - 1, side - 1);
  });
  return canvas;
}

function legend(map) {
  const legend = make("div", undefined, {class: "legend"}), bar = make("div", undefined, {class: "bar"});
  const absent = make("span");
  absent.append(make("span", undefined, {class: "nothing"}), "not stored");
  bar.style.background = gradient(map.ramp);
  legend.append(absent, bar, make("span", "0 to " + map.largest));
  return legend;
}
