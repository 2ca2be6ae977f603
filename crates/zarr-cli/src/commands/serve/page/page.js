// The tree, and the node that is shown.
import {ask, make} from "/~/dom.js";
import {picture} from "/~/picture.js";
import {chunks} from "/~/chunks.js";

const main = document.getElementById("main");
// How many arrays are looked at for one that has data, before the first is shown.
const LOOKED_AT = 16;
let shown = 0;

// A link to a node, or to a part of an array: #ocean/sst or #ocean/sst!0, :, 5:9
const [hashPath, hashSelection] = location.hash.slice(1).split("!").map(decodeURIComponent);
const wanted = {path: hashPath ?? "", selection: hashSelection ?? ""};
const remember = (path, selection) => {
  const hash = "#" + encodeURIComponent(path) + (selection ? "!" + encodeURIComponent(selection) : "");
  history.replaceState(null, "", hash);
};

async function begin() {
  const tree = await (await ask("tree")).json();
  document.getElementById("name").textContent = tree.name;
  document.title = "zarr: " + tree.name;
  const list = document.getElementById("tree");
  for (const node of tree.nodes) {
    const steps = node.path.split("/").filter(Boolean);
    const button = make("button", steps.at(-1) ?? "/", {class: "node", title: node.path, type: "button"});
    button.style.paddingLeft = 0.3 + steps.length + "rem";
    if (node.shape) {
      const type = typeof node.data_type === "string" ? node.data_type : node.data_type.name;
      button.append(make("small", "(" + node.shape.join(", ") + ") " + type));
    }
    button.onclick = () => {
      list.querySelectorAll("[aria-current]").forEach(other => other.removeAttribute("aria-current"));
      button.setAttribute("aria-current", "true");
      show(steps.join("/"), wanted.path === steps.join("/") ? wanted.selection : "");
    };
    button.dataset.path = steps.join("/");
    list.append(button);
  }
  const button = path => [...list.children].find(button => button.dataset.path === path);
  const linked = location.hash && button(wanted.path);
  (linked || button(await first(tree.nodes)) || list.firstChild)?.click();
}

// The path of the first array that has data, pictures before lines; of the first array if none has any.
async function first(nodes) {
  const arrays = nodes.filter(node => node.shape);
  const order = [...arrays.filter(node => node.shape.length > 1), ...arrays.filter(node => node.shape.length < 2)];
  const paths = order.map(node => node.path.split("/").filter(Boolean).join("/"));
  for (const path of paths.slice(0, LOOKED_AT)) {
    const node = await ask("node", {path}).then(answer => answer.json(), () => ({}));
    if (node.has_data) return path;
  }
  return paths[0];
}

async function show(path, selection) {
  const turn = ++shown;
  try {
    const node = await (await ask("node", {path})).json();
    if (turn !== shown) return;
    main.replaceChildren(make("h1", "/" + path));
    remember(path, "");
    if (node.kind === "array") {
      main.append(picture(path, node, selection, selection => remember(path, selection)));
      const map = await chunks(path);
      if (turn !== shown) return;
      main.append(map);
    }
    main.append(make("h2", "Summary"), make("pre", node.info.trim()));
    if (Object.keys(node.attributes).length) {
      main.append(make("h2", "Attributes"), make("pre", JSON.stringify(node.attributes, null, 2)));
    }
    if (node.metadata) main.append(make("h2", "Metadata"), make("pre", JSON.stringify(node.metadata, null, 2)));
  } catch (error) {
    main.replaceChildren(make("h1", "/" + path), make("p", error.message, {class: "error"}));
  }
}

begin().catch(error => main.replaceChildren(make("p", error.message, {class: "error"})));
