// The one view under all panels: pictures and drawings on canvases, a divider, the pointer, files
// in and out, and the line that says what is shown. `axes_png` and `fixed` come when something new
// is opened, `part` when another part of it is seen, and `frame` with every move, so a move sends
// little: for a picture a palette of 768 bytes, or code vectors and an index for each block; for a
// drawing the marks that moved. All is painted in one go.
//
// One plain file: no build, nothing from elsewhere. `make lint-view` checks its types and its style.

// --- What a panel and its view say to each other -----------------------------------------------
// The same records stand in message.py, which tells what each field means; a test compares them.

/** @typedef {DataView<ArrayBuffer>} Bytes What `bytes` in Python become on their way. */
/** @typedef {number[]} Clip Left, top, width and height. */

/**
 * A place in the layout of a view; it shows one picture or one drawing.
 * @typedef {object} Slot
 * @property {string} name
 * @property {string} title
 * @property {number} width
 * @property {number} height
 * @property {string} fixed
 * @property {boolean} pointer
 * @property {string} divider
 */

/**
 * The part of the opened picture that is seen.
 * @typedef {object} Part
 * @property {number} left
 * @property {number} top
 * @property {number} width
 * @property {number} height
 * @property {number} zoom
 */

/**
 * A picture, or what of a picture changes.
 * @typedef {object} PictureContent
 * @property {Bytes} [pixels]
 * @property {number} [left]
 * @property {number} [top]
 * @property {number} [width]
 * @property {number} [height]
 * @property {number} [zoom]
 * @property {Bytes} [tiles]
 * @property {number} [block]
 * @property {number} [channels]
 * @property {Bytes} [palette]
 * @property {string} [error_of]
 * @property {string} [alt]
 */

/**
 * The marks on a drawing: those that stay, or those that move.
 * @typedef {object} DrawingContent
 * @property {Mark[]} [marks]
 * @property {string} [alt]
 */

/** @typedef {PictureContent | DrawingContent} SlotContent */

/**
 * Points joined by a line; NaN breaks it.
 * @typedef {object} Line
 * @property {"line"} kind
 * @property {Bytes} xy
 * @property {string} colour
 * @property {number} alpha
 * @property {Clip | null} clip
 * @property {number} line_width
 */

/**
 * A filled polygon.
 * @typedef {object} Area
 * @property {"area"} kind
 * @property {Bytes} xy
 * @property {string} colour
 * @property {number} alpha
 * @property {Clip | null} clip
 */

/**
 * A disc or a star at each point.
 * @typedef {object} Points
 * @property {"discs" | "stars"} kind
 * @property {Bytes} xy
 * @property {string} colour
 * @property {number} alpha
 * @property {Clip | null} clip
 * @property {number} radius
 * @property {number} edge_width
 */

/** @typedef {Line | Area | Points} Mark */

/**
 * A drag on a slot, as the kernel is told of it while the pointer is down.
 * @typedef {object} Pointer
 * @property {number} press
 * @property {number[]} down
 * @property {number[]} now
 */

/**
 * A file of the reader's; its bytes go beside this as the only buffer.
 * @typedef {object} Upload
 * @property {string} upload
 */

/**
 * A file for the reader; its bytes come beside this as the only buffer.
 * @typedef {object} Save
 * @property {string} save
 */

/**
 * The traits of the `View` in view.py.
 * @typedef {object} ViewState
 * @property {Slot[][]} columns
 * @property {Record<string, Bytes>} axes_png
 * @property {Record<string, SlotContent | undefined>} fixed
 * @property {Part} part
 * @property {Record<string, SlotContent | undefined>} frame
 * @property {string} status
 * @property {boolean} status_is_error
 * @property {boolean} busy
 * @property {number} split
 * @property {Pointer} pointer
 * @property {number} upload_limit
 * @property {string[]} controls
 */

/**
 * What of the model of a control is used here: in ipywidgets 8 what it holds back for a while.
 * @typedef {object} ControlModel
 * @property {object | null} [_msg_buffer] Values that wait until the last ones are answered.
 * @property {object | null} [_msg_buffer_callbacks]
 * @property {(values: object, callbacks?: object) => string} send_sync_message
 * @property {(message: string) => void} rememberLastUpdateFor
 */

/**
 * What anywidget hands over: the state that page and kernel share.
 * @typedef {object} Model
 * @property {<Name extends keyof ViewState>(name: Name) => ViewState[Name]} get
 * @property {<Name extends keyof ViewState>(name: Name, value: ViewState[Name]) => void} set
 * @property {() => void} save_changes
 * @property {(content: Upload, callbacks: undefined, buffers: ArrayBuffer[]) => void} send
 * @property {(event: string, answer: (content: Save, buffers: Bytes[]) => void) => void} on
 * @property {(event: string, answer: () => void) => void} off
 * @property {{ get_model: (id: string) => Promise<ControlModel> }} widget_manager
 */

/** @type {(keyof ViewState)[]} */
const PAINTED_TRAITS = [
  "axes_png",
  "fixed",
  "part",
  "frame",
  "split",
  "status",
  "status_is_error",
  "busy",
];

/** @type {("axes_png" | "fixed" | "frame")[]} */
const UNPACKED_TRAITS = ["axes_png", "fixed", "frame"];

/**
 * Set a trait here and in the kernel.
 * @template {keyof ViewState} Name
 * @param {Model} model
 * @param {Name} name
 * @param {ViewState[Name]} value
 */
function setTrait(model, name, value) {
  model.set(name, value);
  model.save_changes();
}

// --- Bytes --------------------------------------------------------------------------------------

/** @param {Bytes} data */
function bytesOf(data) {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}

/** @param {Bytes} data */
function floatsOf(data) {
  // A copy, as they may begin where no float32 may.
  return new Float32Array(data.buffer.slice(data.byteOffset, data.byteOffset + data.byteLength));
}

/**
 * What was inflated, by what it was inflated from: it goes when the message goes.
 * @type {WeakMap<Bytes, Uint8Array>}
 */
const inflated = new WeakMap();

/**
 * Inflate the bytes of all pictures among these contents, so that they can be painted in one go.
 * @param {Record<string, SlotContent | undefined>[]} contents
 */
async function inflateAll(...contents) {
  const pictures = contents.flatMap(
    (named) => /** @type {PictureContent[]} */ (Object.values(named)),
  );
  const jobs = [];
  for (const { pixels, tiles } of pictures) {
    if (pixels) jobs.push(inflate(pixels));
    if (tiles) jobs.push(inflate(tiles));
  }
  await Promise.all(jobs);
}

/** @param {Bytes} deflated */
async function inflate(deflated) {
  if (inflated.has(deflated)) return;
  const stream = new DecompressionStream("deflate");
  const opened = new Response(stream.readable).arrayBuffer();
  const writer = stream.writable.getWriter();
  await Promise.all([writer.write(bytesOf(deflated)), writer.close(), opened]);
  inflated.set(deflated, new Uint8Array(await opened));
}

/** @param {Bytes} deflated What `inflateAll` has seen. */
function inflatedOf(deflated) {
  return /** @type {Uint8Array} */ (inflated.get(deflated));
}

// --- Elements of the page -----------------------------------------------------------------------

/**
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Element | null} parent
 * @param {Tag} tag
 * @param {Partial<HTMLElementTagNameMap[Tag]>} [properties]
 * @param {Record<string, string>} [attributes]
 */
function make(parent, tag, properties = {}, attributes = {}) {
  const element = document.createElement(tag);
  Object.assign(element, properties);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  parent?.append(element);
  return element;
}

/**
 * How large an element is on the page.
 * @param {HTMLElement} element
 * @param {number} width
 * @param {number} height
 */
function setShownSize(element, width, height) {
  element.style.width = `${width}px`;
  element.style.height = `${height}px`;
}

/**
 * How many pixels a canvas has of its own. To set them, even to the same, clears it.
 * @param {HTMLCanvasElement} canvas
 * @param {number} width
 * @param {number} height
 */
function setPixelSize(canvas, width, height) {
  if (canvas.width === width && canvas.height === height) return;
  canvas.width = width;
  canvas.height = height;
}

/** @param {HTMLCanvasElement} canvas */
function penOf(canvas) {
  return /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
}

// --- Pictures -----------------------------------------------------------------------------------

/** @typedef {PictureContent & Part & { pixels: Bytes }} Picture A content that can be seen. */

/**
 * What a slot shows now; an error with the picture that it is the error of.
 * @param {ViewState["frame"]} frame
 * @param {string} name Of the slot.
 */
function contentOf(frame, name) {
  const content = frame[name];
  if (!content || !("error_of" in content) || !content.error_of) return content;
  return { ...frame[content.error_of], ...content };
}

/**
 * A picture, by its own palette: pixels of its own, the fixed ones or their errors; left of the
 * divider the fixed ones. All bytes are inflated before.
 * @param {HTMLCanvasElement} canvas
 * @param {PictureContent | undefined} fixed
 * @param {PictureContent | undefined} moving
 * @param {Part} part What is seen of the opened picture.
 * @param {number} split In percent of the width.
 */
function paintPicture(canvas, fixed = {}, moving = {}, part, split) {
  const seen = partSeen(fixed, moving, part);
  const { width, height, zoom } = seen;
  setPixelSize(canvas, width, height);
  setShownSize(canvas, width * zoom, height * zoom); // enlarged by whole steps
  const picture = { ...fixed, ...moving };
  let samples = samplesOf(picture, seen);
  if (picture.error_of) samples = sizesOfErrors(samplesOf(fixed, seen), samples, seen);
  const colours = coloursOfSamples(samples, picture, seen);
  const border = Math.round((width * split) / 100);
  if (border > 0) {
    const left = coloursOfSamples(samplesOf(fixed, seen), fixed, seen);
    copyLeft(left, colours, width, border);
  }
  const data = new Uint8ClampedArray(colours.buffer);
  penOf(canvas).putImageData(new ImageData(data, width, height), 0, 0);
}

/**
 * The part that is seen in a slot: of moving pixels their own, of fixed ones that of the view, of
 * what is no part of the opened picture all.
 * @param {PictureContent} fixed
 * @param {PictureContent} moving
 * @param {Part} part
 * @returns {Part}
 */
function partSeen(fixed, moving, part) {
  if (!moving.pixels && fixed.left !== undefined) return part;
  const { left = 0, top = 0, width, height, zoom } = pictureOf({ ...fixed, ...moving });
  return { left, top, width, height, zoom };
}

/**
 * The part that is seen when the picture is pulled by so many pixels of the page, never beyond its
 * rims.
 * @param {Part} part
 * @param {{ left: number, top: number, width: number, height: number }} whole What there is of it.
 * @param {number} dx
 * @param {number} dy
 * @returns {Part}
 */
export function shiftedPart(part, whole, dx, dy) {
  const left = Math.round(part.left - dx / part.zoom);
  const top = Math.round(part.top - dy / part.zoom);
  const last = {
    left: whole.left + whole.width - part.width,
    top: whole.top + whole.height - part.height,
  };
  return {
    ...part,
    left: Math.max(whole.left, Math.min(left, last.left)),
    top: Math.max(whole.top, Math.min(top, last.top)),
  };
}

/** @param {PictureContent} content */
function pictureOf(content) {
  return /** @type {Picture} */ (content);
}

/**
 * The pixels of a part, row by row: one byte for each or three.
 * @param {PictureContent} content
 * @param {Part} part
 */
function samplesOf(content, part) {
  const picture = pictureOf(content);
  if (picture.tiles) return fromTiles(picture, picture.tiles);
  const { left = 0, top = 0, width, height } = picture;
  const samples = inflatedOf(picture.pixels);
  const channels = samples.length / (width * height);
  const cut = new Uint8Array(part.width * part.height * channels);
  const rowLength = part.width * channels;
  for (let row = 0; row < part.height; row++) {
    const start = ((part.top - top + row) * width + part.left - left) * channels;
    cut.set(samples.subarray(start, start + rowLength), row * rowLength);
  }
  return cut;
}

/**
 * The pixels of a picture whose blocks name tiles.
 * @param {Picture} picture
 * @param {Bytes} tiles
 */
function fromTiles({ pixels, left, top, width, height, block = 1, channels = 1 }, tiles) {
  const indices = inflatedOf(pixels);
  const tileSamples = inflatedOf(tiles);
  const samples = new Uint8Array(width * height * channels);
  const columns = Math.ceil((left + width) / block) - Math.floor(left / block);
  let at = 0;
  for (let y = top % block; y < (top % block) + height; y++) {
    const row = Math.floor(y / block) * columns;
    const down = y % block;
    for (let x = left % block; x < (left % block) + width; x++) {
      const index = indices[row + Math.floor(x / block)];
      const from = ((index * block + down) * block + (x % block)) * channels;
      for (let channel = 0; channel < channels; channel++) {
        samples[at] = tileSamples[from + channel];
        at++;
      }
    }
  }
  return samples;
}

/**
 * The size of the error of each pixel: the root of its mean square over the channels. Halves do
 * not occur, so there is one way to round it.
 * @param {Uint8Array} original
 * @param {Uint8Array} quantized
 * @param {Part} part
 */
function sizesOfErrors(original, quantized, { width, height }) {
  const sizes = new Uint8Array(width * height);
  const channels = original.length / sizes.length;
  let at = 0;
  for (let pixel = 0; pixel < sizes.length; pixel++) {
    let squares = 0;
    for (let channel = 0; channel < channels; channel++) {
      const off = original[at] - quantized[at];
      squares += off * off;
      at++;
    }
    sizes[pixel] = Math.sqrt(squares / channels) + 0.5; // cut off to a whole number: rounded
  }
  return sizes;
}

/**
 * Each pixel as one number, as canvases have them: one of one byte by the palette, one of three by
 * itself.
 * @param {Uint8Array} samples
 * @param {PictureContent} content Whose palette it is.
 * @param {Part} part
 */
function coloursOfSamples(samples, content, { width, height }) {
  const count = width * height;
  if (samples.length === 3 * count) return coloursOf(samples);
  const colours = coloursOf(bytesOf(/** @type {Bytes} */ (content.palette)));
  const found = new Uint32Array(count);
  for (let at = 0; at < count; at++) found[at] = colours[samples[at]];
  return found;
}

/**
 * Red, green and blue as one number for each colour, opaque.
 * @param {Uint8Array} rgb
 */
function coloursOf(rgb) {
  const colours = new Uint32Array(rgb.length / 3);
  for (let k = 0; k < colours.length; k++) {
    const at = 3 * k;
    colours[k] = 0xff000000 | (rgb[at + 2] << 16) | (rgb[at + 1] << 8) | rgb[at];
  }
  return colours;
}

/**
 * Copy the first pixels of each row, up to the border.
 * @param {Uint32Array} from
 * @param {Uint32Array} to
 * @param {number} width
 * @param {number} border
 */
function copyLeft(from, to, width, border) {
  for (let at = 0; at < to.length; at += width) to.set(from.subarray(at, at + border), at);
}

// --- Drawings -----------------------------------------------------------------------------------

/**
 * Marks on a canvas, over a picture of what is fixed.
 * @param {HTMLCanvasElement} canvas
 * @param {Slot} slot
 * @param {CanvasImageSource} background
 * @param {DrawingContent | undefined} content
 */
function paintDrawing(canvas, { width, height }, background, content) {
  const sharpness = window.devicePixelRatio || 1;
  setPixelSize(canvas, Math.round(width * sharpness), Math.round(height * sharpness));
  const pen = penOf(canvas);
  pen.setTransform(sharpness, 0, 0, sharpness, 0, 0);
  pen.imageSmoothingQuality = "high";
  pen.drawImage(background, 0, 0, width, height);
  for (const mark of content?.marks ?? []) paintMark(pen, mark);
}

/**
 * @param {CanvasRenderingContext2D} pen
 * @param {Mark} mark
 */
function paintMark(pen, mark) {
  const xy = floatsOf(mark.xy);
  pen.save();
  if (mark.clip) clipTo(pen, mark.clip);
  pen.fillStyle = mark.colour;
  pen.strokeStyle = mark.colour;
  pen.globalAlpha = mark.alpha;
  if (mark.kind === "line") {
    pen.lineWidth = mark.line_width;
    trace(pen, xy);
    pen.stroke();
  } else if (mark.kind === "area") {
    trace(pen, xy);
    pen.fill();
  } else {
    paintPoints(pen, mark, xy); // the type checker refuses any other kind here
  }
  pen.restore();
}

/**
 * @param {CanvasRenderingContext2D} pen
 * @param {Clip} clip
 */
function clipTo(pen, [left, top, width, height]) {
  pen.beginPath();
  pen.rect(left, top, width, height);
  pen.clip();
}

/**
 * Lead a path through the points; NaN breaks it.
 * @param {CanvasRenderingContext2D} pen
 * @param {Float32Array} xy
 */
function trace(pen, xy) {
  pen.beginPath();
  let broken = true;
  for (let at = 0; at < xy.length; at += 2) {
    // A canvas leaves out a point of NaN.
    if (broken) pen.moveTo(xy[at], xy[at + 1]);
    else pen.lineTo(xy[at], xy[at + 1]);
    broken = Number.isNaN(xy[at]);
  }
}

/**
 * @param {CanvasRenderingContext2D} pen
 * @param {Points} points
 * @param {Float32Array} xy
 */
function paintPoints(pen, { kind, radius, edge_width }, xy) {
  pen.lineWidth = edge_width;
  pen.lineJoin = "bevel";
  for (let at = 0; at < xy.length; at += 2) {
    if (kind === "stars") paintStar(pen, xy[at], xy[at + 1], radius);
    else paintDisc(pen, xy[at], xy[at + 1], radius + edge_width / 2);
  }
}

/**
 * @param {CanvasRenderingContext2D} pen
 * @param {number} x
 * @param {number} y
 * @param {number} radius With half the edge.
 */
function paintDisc(pen, x, y, radius) {
  if (radius < 2) {
    // A square as large as the disc is three times as fast.
    const side = radius * Math.sqrt(Math.PI);
    pen.fillRect(x - side / 2, y - side / 2, side, side);
    return;
  }
  pen.beginPath();
  pen.arc(x, y, radius, 0, 2 * Math.PI);
  pen.closePath();
  pen.fill();
}

/**
 * @param {CanvasRenderingContext2D} pen
 * @param {number} x
 * @param {number} y
 * @param {number} radius
 */
function paintStar(pen, x, y, radius) {
  const innerRadius = 0.381966 * radius; // as in a pentagram
  pen.beginPath();
  for (let corner = 0; corner < 10; corner++) {
    const reach = corner % 2 === 0 ? radius : innerRadius;
    const angle = (corner * Math.PI) / 5;
    pen.lineTo(x + reach * Math.sin(angle), y - reach * Math.cos(angle));
  }
  pen.closePath();
  pen.fill();
  pen.stroke();
}

// --- The pointer --------------------------------------------------------------------------------

/**
 * Call `answer` with where and when the pointer went down on a canvas, and where it is now, as long
 * as it is down.
 * @param {HTMLCanvasElement} canvas
 * @param {(pointer: Pointer) => void} answer
 */
function onDrag(canvas, answer) {
  /** @type {Pointer | null} */
  let drag = null;
  canvas.classList.add("vq-drag");
  canvas.addEventListener("pointerdown", (event) => {
    const here = positionOn(canvas, event);
    canvas.setPointerCapture(event.pointerId);
    drag = { press: event.timeStamp, down: here, now: here };
    answer(drag);
  });
  canvas.addEventListener("pointermove", (event) => {
    if (!drag) return;
    drag = { ...drag, now: positionOn(canvas, event) };
    answer(drag);
  });
  for (const end of ["pointerup", "pointercancel"]) {
    canvas.addEventListener(end, () => {
      drag = null;
    });
  }
}

/**
 * @param {HTMLCanvasElement} canvas
 * @param {PointerEvent} event
 */
function positionOn(canvas, event) {
  const { left, top } = canvas.getBoundingClientRect();
  return [event.clientX - left, event.clientY - top];
}

// --- The layout ---------------------------------------------------------------------------------

/** @typedef {{ line: HTMLDivElement, range: HTMLInputElement }} Divider */
/** @typedef {{ slot: Slot, canvas: HTMLCanvasElement, divider: Divider | null }} ShownSlot */

/**
 * The columns from left to right, and in each its slots downwards.
 * @param {HTMLElement} el
 * @param {Model} model
 */
function makeSlots(el, model) {
  const body = make(el, "div", { className: "vq-columns" });
  const slots = [];
  for (const column of model.get("columns")) {
    const pile = make(body, "div");
    for (const slot of column) slots.push(makeSlot(pile, slot, model));
  }
  return slots;
}

/**
 * @param {HTMLElement} pile
 * @param {Slot} slot
 * @param {Model} model
 * @returns {ShownSlot}
 */
function makeSlot(pile, slot, model) {
  const figure = make(pile, "figure");
  make(figure, "figcaption", { textContent: slot.title });
  const box = make(figure, "div", { className: "vq-box" });
  const canvas = make(box, "canvas", {}, { role: "img" });
  setShownSize(box, slot.width, slot.height);
  setShownSize(canvas, slot.width, slot.height);
  if (slot.pointer) onDrag(canvas, (pointer) => setTrait(model, "pointer", pointer));
  const divider = slot.divider ? makeDivider(box, canvas, slot.divider, model) : null;
  return { slot, canvas, divider };
}

/**
 * A line over the canvas, moved by dragging on the canvas or by the slider below.
 * @param {HTMLElement} box
 * @param {HTMLCanvasElement} canvas
 * @param {string} name
 * @param {Model} model
 * @returns {Divider}
 */
function makeDivider(box, canvas, name, model) {
  const line = make(box, "div", { className: "vq-divider" });
  const label = make(box.parentElement, "label", { textContent: `${name} ` });
  const range = make(label, "input", { type: "range" });
  /** @param {number} split */
  const divide = (split) => {
    const percent = Math.min(100, Math.max(0, Math.round(split)));
    setTrait(model, "split", percent);
  };
  range.addEventListener("input", () => divide(range.valueAsNumber));
  onDrag(canvas, ({ now }) => divide((100 * now[0]) / canvas.clientWidth));
  return { line, range };
}

/** @typedef {{ status: HTMLElement, alert: HTMLElement }} StatusLines */

/**
 * @param {HTMLElement} el
 * @returns {StatusLines}
 */
function makeStatusLines(el) {
  const status = make(el, "p", { className: "vq-status" }, { role: "status" });
  const alert = make(el, "p", { className: "vq-alert" }, { role: "alert" });
  return { status, alert };
}

/**
 * The handles of the stock sliders get the name beside them, and keys on any control do not reach
 * JupyterLab.
 * @param {Element} panel
 */
function nameHandles(panel) {
  for (const control of panel.querySelectorAll("select, input, button, [tabindex]")) {
    // JupyterLab would take the arrow keys of a list.
    control.setAttribute("data-lm-suppress-shortcuts", "true");
    const label = control.closest(".widget-slider")?.querySelector("label"); // that of the slider
    if (label) control.setAttribute("aria-label", label.textContent ?? "");
  }
}

/**
 * Name the handles once the view is on the page: those that are there, and those that come later.
 * @param {HTMLElement} el
 * @returns {() => void} Call it to end that.
 */
function keepHandlesNamed(el) {
  /** @type {MutationObserver | undefined} */
  let observer;
  const waiting = setInterval(() => {
    const panel = el.parentElement;
    if (!el.isConnected || !panel) return; // not on the page yet
    clearInterval(waiting);
    nameHandles(panel);
    observer = new MutationObserver(() => nameHandles(panel));
    observer.observe(panel, { childList: true, subtree: true });
  }, 50);
  return () => {
    clearInterval(waiting);
    observer?.disconnect();
  };
}

// --- The order of what the reader does ----------------------------------------------------------

// One of them comes before anything is done with a control that was not in use.
const TURNS_TO_A_CONTROL = ["pointerdown", "focusin", "click"];

/**
 * ipywidgets holds back the next values of a control until the kernel has answered the last ones,
 * but never the press of a button: a reset would be undone by what was chosen before it. So when
 * the reader turns to a control, what waits in any of them is sent first.
 * @param {HTMLElement} el
 * @param {Model} model
 * @returns {() => void} Call it to end that.
 */
function keepOrder(el, model) {
  /** @type {ControlModel[]} */
  let controls = [];
  async function find() {
    const found = model.get("controls").map((id) => model.widget_manager.get_model(id));
    controls = await Promise.all(found);
  }
  /** @param {Event} event */
  function sendAll(event) {
    const isHere = el.parentElement?.contains(/** @type {Node} */ (event.target));
    if (!isHere) return;
    for (const control of controls) sendWaiting(control);
  }
  model.on("change:controls", find);
  find();
  for (const kind of TURNS_TO_A_CONTROL) document.addEventListener(kind, sendAll, true);
  return () => {
    model.off("change:controls", find);
    for (const kind of TURNS_TO_A_CONTROL) document.removeEventListener(kind, sendAll, true);
  };
}

/**
 * Send what a control holds back, as ipywidgets will do it later.
 * @param {ControlModel} control
 */
function sendWaiting(control) {
  if (!control._msg_buffer) return;
  const callbacks = control._msg_buffer_callbacks ?? {};
  const message = control.send_sync_message(control._msg_buffer, callbacks);
  control.rememberLastUpdateFor(message);
  control._msg_buffer = null;
  control._msg_buffer_callbacks = null;
}

// --- Files in and out ---------------------------------------------------------------------------

/**
 * A button for a picture file of the reader's own.
 * @param {HTMLElement} el
 * @param {Model} model
 * @param {number} limit Of bytes: Jupyter drops a large message without a word.
 */
function makeUpload(el, model, limit) {
  const text = `own picture, up to ${limit / 1e6} MB `;
  const label = make(el, "label", { textContent: text });
  const input = make(label, "input", { type: "file", accept: "image/*" });
  input.addEventListener("change", async () => {
    const file = input.files?.[0];
    if (file) await upload(file, model, limit);
    input.value = ""; // so that the same file can be chosen again
  });
}

/**
 * @param {File} file
 * @param {Model} model
 * @param {number} limit
 */
async function upload(file, model, limit) {
  if (file.size > limit) {
    const most = limit.toLocaleString("en");
    const got = file.size.toLocaleString("en");
    model.set("status_is_error", true);
    model.set("status", `own picture must have at most ${most} bytes, got ${got}`);
    model.save_changes();
    return;
  }
  model.send({ upload: file.name }, undefined, [await file.arrayBuffer()]);
}

/**
 * Have the browser save a file.
 * @param {string} name
 * @param {Bytes} content
 */
function saveFile(name, content) {
  const href = URL.createObjectURL(new Blob([content]));
  make(null, "a", { href, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(href), 60_000);
}

// --- Painting -----------------------------------------------------------------------------------

/**
 * What was opened last, and what is kept of it from move to move.
 * @typedef {object} Opened
 * @property {ViewState["axes_png"]} axes_png
 * @property {ViewState["fixed"]} fixed
 * @property {ViewState["part"]} part
 * @property {ViewState["frame"]} frame
 * @property {Record<string, ImageBitmap | undefined>} axes The PNGs, decoded.
 * @property {Record<string, HTMLCanvasElement | undefined>} backgrounds Axes and fixed marks.
 */

/**
 * Have `work` done after each call, but never twice at once: calls that come while one is waiting
 * are one with it. A failure is shown, and the next call is answered all the same.
 * @param {() => Promise<void>} work
 * @param {(error: unknown) => void} showError
 */
function oneAtATime(work, showError) {
  let wanted = false;
  let running = false;
  async function run() {
    running = true;
    await null; // until all that one message changes is set
    while (wanted) {
      wanted = false;
      try {
        await work();
      } catch (error) {
        showError(error);
      }
    }
    running = false;
  }
  return () => {
    wanted = true;
    if (!running) run();
  };
}

/** @param {ViewState["axes_png"]} pngs */
async function decodeAll(pngs) {
  /** @type {Opened["axes"]} */
  const decoded = {};
  const jobs = Object.entries(pngs).map(async ([name, png]) => {
    decoded[name] = await createImageBitmap(new Blob([png]));
  });
  await Promise.all(jobs);
  return decoded;
}

/**
 * Take in what the model has now, decoded and inflated.
 * @param {Opened} opened
 * @param {Model} model
 */
async function takeIn(opened, model) {
  const isOld = () => UNPACKED_TRAITS.some((name) => opened[name] !== model.get(name));
  while (isOld()) {
    const before = opened.axes_png;
    opened.axes_png = model.get("axes_png"); // others may come while these are unpacked
    opened.fixed = model.get("fixed");
    opened.frame = model.get("frame");
    if (opened.axes_png !== before) opened.axes = await decodeAll(opened.axes_png);
    await inflateAll(opened.fixed, opened.frame);
  }
  opened.part = model.get("part");
}

/**
 * @param {ShownSlot} shown
 * @param {Opened} opened
 * @param {boolean} isNew Whether something was opened, or another part, since the last time.
 * @param {Model} model
 */
function paintSlot(shown, opened, isNew, model) {
  const { slot, canvas, divider } = shown;
  const fixed = opened.fixed[slot.fixed];
  const moving = contentOf(opened.frame, slot.name); // without it only what is fixed is shown
  const axes = opened.axes[slot.fixed];
  const split = model.get("split");
  if (axes) paintDrawingSlot(shown, opened, axes, moving);
  else if (moving || isNew) paintPicture(canvas, fixed, moving, opened.part, divider ? split : 0);
  canvas.setAttribute("aria-label", (moving ?? fixed)?.alt ?? "");
  if (divider) moveDivider(divider, canvas, split);
}

/**
 * @param {ShownSlot} shown
 * @param {Opened} opened
 * @param {ImageBitmap} axes
 * @param {DrawingContent | undefined} moving
 */
function paintDrawingSlot({ slot, canvas }, opened, axes, moving) {
  let background = opened.backgrounds[slot.fixed];
  if (!background) {
    background = make(null, "canvas");
    paintDrawing(background, slot, axes, opened.fixed[slot.fixed]);
    opened.backgrounds[slot.fixed] = background;
  }
  paintDrawing(canvas, slot, background, moving);
}

/**
 * @param {Divider} divider
 * @param {HTMLCanvasElement} canvas
 * @param {number} split
 */
function moveDivider({ line, range }, canvas, split) {
  range.value = String(split);
  line.style.left = `${(canvas.clientWidth * split) / 100}px`;
}

/**
 * @param {StatusLines} lines
 * @param {Model} model
 */
function writeStatus({ status, alert }, model) {
  const text = model.get("status");
  if (model.get("status_is_error")) {
    status.textContent = "";
    alert.textContent = text;
    return;
  }
  status.textContent = model.get("busy") ? `${text} … Still at work.` : text;
  alert.textContent = "";
}

// --- What anywidget calls -----------------------------------------------------------------------

/**
 * Once for each model, however often it is shown: save the files that the kernel sends.
 * @param {{ model: Model }} widget
 */
function initialize({ model }) {
  model.on("msg:custom", ({ save }, [content]) => saveFile(save, content));
}

/**
 * Once for each time that it is shown.
 * @param {{ model: Model, el: HTMLElement }} widget
 * @returns {() => void} For when it is taken off the page.
 */
function render({ model, el }) {
  el.classList.add("vq-view");
  const lines = makeStatusLines(el);
  const slots = makeSlots(el, model);
  const limit = model.get("upload_limit");
  if (limit > 0) makeUpload(el, model, limit);

  /** @type {Opened} */
  const opened = {
    axes_png: {},
    fixed: {},
    part: model.get("part"),
    frame: {},
    axes: {},
    backgrounds: {},
  };
  let paintings = 0;

  async function paint() {
    const before = { ...opened };
    await takeIn(opened, model);
    const isNew = opened.axes_png !== before.axes_png || opened.fixed !== before.fixed;
    if (isNew) opened.backgrounds = {};
    const isElsewhere = opened.part !== before.part;
    for (const shown of slots) paintSlot(shown, opened, isNew || isElsewhere, model);
    writeStatus(lines, model);
    paintings += 1;
    el.dataset.painted = String(paintings); // the tests wait for it
  }

  const update = oneAtATime(paint, (error) => {
    lines.alert.textContent = String(error);
  });
  for (const trait of PAINTED_TRAITS) model.on(`change:${trait}`, update);
  update();
  const stopNaming = keepHandlesNamed(el);
  const stopOrdering = keepOrder(el, model);
  return () => {
    for (const trait of PAINTED_TRAITS) model.off(`change:${trait}`, update);
    stopNaming();
    stopOrdering();
  };
}

export default { initialize, render };
