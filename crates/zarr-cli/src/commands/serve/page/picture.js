// A picture of one plane of an array: which plane, its axes, its colours, and the value under the pointer.
import {address, ask, gradient, latest, make, short} from "/~/dom.js";

export function picture(path, node, selection, remember) {
  const part = make("section"), form = make("form"), sliders = make("div", undefined, {class: "sliders"});
  const field = make("input", undefined, {type: "text", name: "selection", "aria-label": "selection"});
  const flip = make("input", undefined, {type: "checkbox"});
  const plot = make("figure", undefined, {class: "plot"}), frame = make("div", undefined, {class: "frame"});
  const rows = make("div", undefined, {class: "rows"}), columns = make("div", undefined, {class: "columns"});
  const image = make("img", undefined, {id: "picture", alt: ""});
  const value = make("output", undefined, {class: "value", id: "value"});
  const legend = make("div", undefined, {class: "legend"}), bar = make("div", undefined, {class: "bar"});
  const low = make("span"), high = make("span"), about = make("p");
  const downloads = ["npy", "csv"].map(format => make("a", "." + format, {download: (path.split("/").at(-1) || "array") + "." + format}));
  const planes = node.shape.slice(0, Math.max(node.shape.length - 2, 0)).map(() => 0);
  const text = () => [...planes, ...node.shape.slice(planes.length).map(() => ":")].join(", ");
  const whole = text();
  let plane;

  const draw = latest(async () => {
    remember(field.value === whole ? "" : field.value);
    const query = {path, selection: field.value};
    try {
      const answer = await ask("picture", query);
      plane = JSON.parse(answer.headers.get("Zarr-Picture"));
      const blob = await answer.blob();
      URL.revokeObjectURL(image.src);
      image.src = URL.createObjectURL(blob);
      image.alt = path + "[" + plane.selection + "]";
      plot.hidden = legend.hidden = false;
      rows.replaceChildren(...scale(node, plane, 0));
      columns.replaceChildren(...scale(node, plane, 1));
      bar.style.background = gradient(plane.ramp);
      low.textContent = short(plane.low);
      high.textContent = short(plane.high);
      about.className = "";
      about.textContent = plane.rows + " × " + plane.columns + ", values from " + short(plane.min) + " to " + short(plane.max) +
        (plane.nan ? ", " + (100 * plane.nan / plane.count).toFixed(1) + " % NaN" : "");
    } catch (error) {
      plane = undefined;
      plot.hidden = legend.hidden = true;
      about.className = "error";
      about.textContent = error.message;
    }
    value.textContent = "";
    downloads.forEach(link => { link.href = address("elements", {...query, format: link.textContent.slice(1)}); });
  });

  planes.forEach((_, axis) => {
    const label = make("label", name(node, axis)), at = make("output", position(node, axis, 0));
    const slider = make("input", undefined, {type: "range", min: 0, max: Math.max(node.shape[axis] - 1, 0), value: 0});
    slider.oninput = () => {
      planes[axis] = Number(slider.value);
      at.textContent = position(node, axis, planes[axis]);
      field.value = text();
      draw();
    };
    label.append(slider, at);
    sliders.append(label);
  });

  const point = latest(async place => {
    const index = place && plane && cell(plane, place);
    if (!index) return void (value.textContent = "");
    const shown = plane.axes.filter(Boolean).map(({axis}) => name(node, axis) + " " + position(node, axis, index[axis]));
    try {
      const found = await (await ask("elements", {path, selection: index.join(", "), format: "text"})).text();
      value.textContent = shown.join(", ") + ": " + found.trim();
    } catch (error) {
      value.textContent = error.message;
    }
  });
  frame.onpointermove = frame.onpointerdown = event => {
    const box = image.getBoundingClientRect(), down = (event.clientY - box.top) / box.height;
    point([flip.checked ? 1 - down : down, (event.clientX - box.left) / box.width]);
  };
  frame.onpointerleave = () => point();
  flip.onchange = () => plot.classList.toggle("flipped", flip.checked);

  const flipped = make("label"), files = make("span", "Download ");
  flipped.append(flip, " first row at the bottom");
  files.append(downloads[0], " ", downloads[1]);
  field.value = selection || whole;
  form.append(field, make("button", "Show", {type: "submit"}), flipped, files);
  form.onsubmit = event => { event.preventDefault(); draw(); };
  frame.append(image);
  plot.append(rows, frame, columns);
  legend.append(low, bar, high);
  part.append(form, sliders, plot, value, legend, about);
  draw();
  return part;
}

// The index in the array of the cell at a place of the picture, given as shares of its height and width.
function cell(plane, place) {
  const index = [...plane.origin];
  for (const [side, shown] of plane.axes.entries()) {
    const count = side ? plane.columns : plane.rows;
    const at = Math.min(Math.max(Math.floor(place[side] * count), 0), count - 1);
    if (shown) index[shown.axis] += at * shown.step;
  }
  return index;
}

// What stands along a side of the picture: its first position, the name of its axis, its last position.
function scale(node, plane, side) {
  const shown = plane.axes[side];
  if (!shown) return [];
  const first = plane.origin[shown.axis], last = first + ((side ? plane.columns : plane.rows) - 1) * shown.step;
  const {units} = node.axes[shown.axis];
  const title = name(node, shown.axis) + (units ? " [" + units + "]" : "");
  return [bare(node, shown.axis, first), title, bare(node, shown.axis, last)].map(text => make("span", text));
}

const name = (node, axis) => node.axes[axis].name ?? "axis " + axis;

// The coordinate of an index where there is one, and otherwise the index.
const bare = (node, axis, index) => short(node.axes[axis].coordinates?.[index] ?? index);

function position(node, axis, index) {
  const {coordinates, units} = node.axes[axis];
  if (coordinates?.[index] == null) return String(index);
  return index + " (" + short(coordinates[index]) + (units ? " " + units : "") + ")";
}
