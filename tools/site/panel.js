// A panel on a page without a kernel. This stands behind view.js in one script of the page: its
// `initialize` and `render` are given a model that answers with what was recorded (recording.py).

/** The model of a view: its traits, and who listens to them. */
class PageModel {
  /** @param {Record<string, unknown>} state */
  constructor(state) {
    this.state = state;
    /** @type {Map<string, Set<Function>>} */
    this.listeners = new Map();
  }

  /** @param {string} name */
  get(name) {
    return this.state[name];
  }

  /**
   * @param {string} name
   * @param {unknown} value
   */
  set(name, value) {
    if (this.state[name] === value) return;
    this.state[name] = value;
    for (const event of [`change:${name}`, "change"]) {
      for (const listener of this.listeners.get(event) ?? []) listener();
    }
  }

  /**
   * @param {string} event
   * @param {Function} listener
   */
  on(event, listener) {
    if (!this.listeners.has(event)) this.listeners.set(event, new Set());
    this.listeners.get(event)?.add(listener);
  }

  /**
   * @param {string} event
   * @param {Function} listener
   */
  off(event, listener) {
    this.listeners.get(event)?.delete(listener);
  }

  save_changes() {} // there is nobody to be told

  send() {}
}

/**
 * What recording.py has packed.
 * @param {string} base64
 */
async function unpacked(base64) {
  const stream = new Blob([bytesOfBase64(base64)]).stream();
  const inflated = stream.pipeThrough(new DecompressionStream("deflate"));
  const recording = await new Response(inflated).json();
  const bytes = recording.bytes.map((text) => new DataView(bytesOfBase64(text).buffer));
  recording.values = recording.values.map((value) => withBytes(value, bytes));
  recording.state = withBytes(recording.state, bytes);
  return recording;
}

/** @param {string} base64 */
function bytesOfBase64(base64) {
  return Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
}

/**
 * A value in which `{"bytes": number}` has become those bytes.
 * @param {any} value
 * @param {DataView[]} bytes
 * @returns {any}
 */
function withBytes(value, bytes) {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map((each) => withBytes(each, bytes));
  if (typeof value.bytes === "number") return bytes[value.bytes];
  const entries = Object.entries(value).map(([name, each]) => [name, withBytes(each, bytes)]);
  return Object.fromEntries(entries);
}

let controlsMade = 0;

/**
 * A slider or a list behind its name, and for a slider what it stands at.
 * @param {HTMLElement} row
 * @param {{ name: string, kind: string, texts: string[], first: number }} control
 * @param {() => void} listener
 */
function makeControl(row, { name, kind, texts, first }, listener) {
  const box = make(row, "span", { className: "control" });
  controlsMade += 1;
  const id = `control-${controlsMade}`;
  make(box, "label", { textContent: name, htmlFor: id });
  if (kind === "list") return { box, position: makeList(box, id, texts, first, listener) };
  return { box, position: makeSlider(box, id, texts, first, listener) };
}

/**
 * @param {HTMLElement} box
 * @param {string} id
 * @param {string[]} texts
 * @param {number} first
 * @param {() => void} listener
 * @returns {() => number} Its position now.
 */
function makeList(box, id, texts, first, listener) {
  const list = make(box, "select", { id });
  for (const text of texts) make(list, "option", { textContent: text });
  list.selectedIndex = first;
  list.addEventListener("change", listener);
  return () => list.selectedIndex;
}

/**
 * @param {HTMLElement} box
 * @param {string} id
 * @param {string[]} texts
 * @param {number} first
 * @param {() => void} listener
 * @returns {() => number} Its position now.
 */
function makeSlider(box, id, texts, first, listener) {
  const range = make(box, "input", { id, type: "range", max: String(texts.length - 1) });
  range.value = String(first);
  const output = make(box, "output", {}, { for: id });
  function tell() {
    const text = texts[range.valueAsNumber];
    output.textContent = text;
    range.setAttribute("aria-valuetext", text); // its value is only a number of a position
  }
  tell();
  range.addEventListener("input", () => {
    tell();
    listener();
  });
  return () => range.valueAsNumber;
}

/**
 * Put the panel in the place of its picture.
 * @param {HTMLElement} place
 * @param {string} base64
 */
async function makePanel(place, base64) {
  const { state, controls, answers, values } = await unpacked(base64);
  const panel = make(null, "div", { className: "vq-panel" });
  const row = make(panel, "div", { className: "controls" });
  const model = new PageModel(state);

  function move() {
    let number = 0;
    let step = 1; // from an answer to that of the next position of a control
    for (const [at, { texts }] of controls.entries()) {
      number += step * made[at].position();
      step *= texts.length;
    }
    const { off, traits } = answers[number];
    for (const [name, value] of Object.entries(traits)) model.set(name, values[value]);
    for (const [at, { box }] of made.entries()) box.hidden = off.includes(at);
  }

  const made = controls.map((control) => makeControl(row, control, move));
  move();
  const el = make(panel, "div");
  initialize({ model });
  render({ model, el });
  place.replaceChildren(panel);
}

const recordings = document.querySelectorAll(".recording");
for (const [number, place] of document.querySelectorAll(".panel.moving").entries()) {
  makePanel(place, recordings[number].textContent);
}
