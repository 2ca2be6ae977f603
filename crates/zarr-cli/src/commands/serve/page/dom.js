// What all parts of the page use: elements, requests, numbers as text.

// Names and attributes are not trusted: they are only set as text, never as HTML.
export const make = (tag, text, attributes = {}) => {
  const element = document.createElement(tag);
  if (text !== undefined) element.textContent = text;
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  return element;
};

export const address = (name, query = {}) => "/~/" + name + "?" + new URLSearchParams(query);

export const ask = async (name, query) => {
  const answer = await fetch(address(name, query));
  if (!answer.ok) throw new Error((await answer.json().catch(() => ({}))).error || answer.statusText);
  return answer;
};

// Runs a task for the latest arguments only, one at a time: a slider moves faster than pictures come.
export const latest = task => {
  let busy = false, next;
  return async (...given) => {
    next = given;
    if (busy) return;
    busy = true;
    while (next) {
      const now = next;
      next = undefined;
      await task(...now);
    }
    busy = false;
  };
};

export const short = value => typeof value === "number" ? String(Number(value.toPrecision(5))) : "";

export const gradient = ramp => "linear-gradient(to right, " + ramp.map(color => "rgb(" + color.join(",") + ")").join(", ") + ")";
