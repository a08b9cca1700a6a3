// The one view under all panels: pictures and drawings on canvases, a divider, the pointer, files
// in and out, and the line that says what is shown.
//
// What it shows comes small: `axes_png` and `fixed` when something new is opened, `part` when
// another part of it is seen, and `frame` with every move: for a picture a palette, or code vectors
// and an index for each block; for a drawing the marks that moved. The page remembers frames, and
// gets some `ahead` of the moves that ask for them: those are shown at once, however far away the
// kernel is; its own answer follows. What is dragged follows the pointer at once, too. All of one
// answer is painted in one go.
//
// One plain file: no build, nothing from elsewhere. `make lint-view` checks its types and its style.

// --- What a panel and its view say to each other ------------------------------------------------
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
 * @property {"" | "picture" | "place" | "stars" | "levels"} drags
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
 * @property {number[][]} [outlines]
 * @property {string} [alt]
 */

/**
 * The marks on a drawing: those that stay, or those that move.
 * @typedef {object} DrawingContent
 * @property {Mark[]} [marks]
 * @property {string} [alt]
 */

/** @typedef {PictureContent | DrawingContent} SlotContent */
/** @typedef {Record<string, SlotContent | undefined>} Frame By the name of each slot what it shows. */

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
 * A filled polygon, or several with NaN between.
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

/** @typedef {string | number | null} Position Where a control stands. */

/**
 * What a panel will show for some settings, sent before the reader chooses them.
 * @typedef {object} Answer
 * @property {Position[]} settings
 * @property {Frame} fixed
 * @property {Frame} frame
 * @property {string} status
 */

/**
 * A page begins to show the view, and remembers no answer yet.
 * @typedef {object} Ready
 * @property {boolean} ready
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
 * @property {Slot[][]} cells
 * @property {Record<string, Bytes>} axes_png
 * @property {Frame} fixed
 * @property {Part} part
 * @property {Frame} frame
 * @property {string} status
 * @property {boolean} status_is_error
 * @property {boolean} busy
 * @property {number} split
 * @property {Pointer} pointer
 * @property {string[]} keyed_by
 * @property {Position[]} settings
 * @property {boolean} lasting
 * @property {number} opened
 * @property {Answer[]} ahead
 * @property {number[]} pointer_answered
 * @property {Clip} reach
 * @property {number[]} hidden
 * @property {number} upload_limit
 * @property {string[]} controls
 */

/**
 * What of the model of a control is used here: where it stands, and in ipywidgets 8 what it holds
 * back for a while.
 * @typedef {object} ControlModel
 * @property {(name: "value" | "index") => Position | undefined} get A list has an index.
 * @property {(events: string, listener: () => void) => void} on
 * @property {(events: string, listener: () => void) => void} off
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
 * @property {(content: Ready | Upload, callbacks?: undefined, buffers?: ArrayBuffer[]) => void} send
 * @property {(event: string, listener: (content: Save, buffers: Bytes[]) => void) => void} on
 * @property {(event: string, listener: () => void) => void} off
 * @property {{ get_model: (id: string) => Promise<ControlModel> }} widget_manager
 */

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
// What comes as bytes: floats, and what is deflated. Two values are alike if their bytes are.

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
 * Whether two values are alike, whatever they hold.
 * @param {unknown} one
 * @param {unknown} other
 * @returns {boolean}
 */
function alike(one, other) {
  if (one === other) return true;
  if (one instanceof DataView && other instanceof DataView) return alikeBytes(one, other);
  if (!(one instanceof Object && other instanceof Object)) return false;
  if (one instanceof DataView || other instanceof DataView) return false;
  const entries = Object.entries(one);
  if (entries.length !== Object.keys(other).length) return false;
  const others = /** @type {Record<string, unknown>} */ (other);
  return entries.every(([name, value]) => name in others && alike(value, others[name]));
}

/**
 * @param {DataView} one
 * @param {DataView} other
 */
function alikeBytes(one, other) {
  if (one.byteLength !== other.byteLength) return false;
  const left = bytesOf(/** @type {Bytes} */ (one));
  const right = bytesOf(/** @type {Bytes} */ (other));
  return left.every((byte, at) => byte === right[at]);
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

// --- Numbers ------------------------------------------------------------------------------------
// What pictures, pointer and stars need of arithmetic.

/**
 * A number, or that end of a range that it is beyond.
 * @param {number} low
 * @param {number} value
 * @param {number} high
 */
function between(low, value, high) {
  return Math.min(high, Math.max(low, value));
}

/**
 * @param {number[]} from
 * @param {number[]} to
 */
function distance(from, to) {
  return Math.hypot(to[0] - from[0], to[1] - from[1]);
}

// --- Elements of the page -----------------------------------------------------------------------
// How they are made and get their sizes.

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
 * How large an element is on the page: so wide, or as wide as there is room, its shape kept.
 * @param {HTMLElement} element
 * @param {number} width
 * @param {number} height
 */
function setShownSize(element, width, height) {
  element.style.width = `${width}px`;
  element.style.aspectRatio = `${width} / ${height}`;
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
// From indices, code vectors and palettes to pixels, and to the errors of pixels.

/** Colours as canvases have them. */
const BLACK = 0xff000000;
const WHITE = 0xffffffff;

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
  setShareOfBox(canvas, width * zoom); // enlarged by whole steps
  const picture = { ...fixed, ...moving };
  let samples = samplesOf(picture, seen);
  if (picture.error_of) samples = sizesOfErrors(samplesOf(fixed, seen), samples, seen);
  const colours = coloursOfSamples(samples, picture, seen);
  const border = Math.round((width * split) / 100);
  if (border > 0) {
    const left = coloursOfSamples(samplesOf(fixed, seen), fixed, seen);
    copyLeft(left, colours, width, border);
  }
  for (const box of picture.outlines ?? []) outline(colours, box, seen);
  const data = new Uint8ClampedArray(colours.buffer);
  penOf(canvas).putImageData(new ImageData(data, width, height), 0, 0);
}

/**
 * A picture may be narrower than its box, and becomes smaller with it. The height follows.
 * @param {HTMLCanvasElement} canvas
 * @param {number} width In pixels of the page, where the box has its full size.
 */
function setShareOfBox(canvas, width) {
  const boxWidth = Number.parseFloat(canvas.parentElement?.style.width ?? "");
  canvas.style.width = `${(100 * width) / boxWidth}%`;
}

/**
 * Pixels of a picture stay squares, but where it has become smaller than its own they are averaged.
 * @param {HTMLCanvasElement} canvas
 */
function smoothIfReduced(canvas) {
  canvas.classList.toggle("vq-reduced", canvas.clientWidth < canvas.width);
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

/**
 * A white line around a box, and a black one around that.
 * @param {Uint32Array} colours
 * @param {number[]} box
 * @param {Part} part
 */
function outline(colours, box, part) {
  paintFrame(colours, box, 1, WHITE, part);
  paintFrame(colours, box, 2, BLACK, part);
}

/**
 * A line of one pixel around a box, so far away from its own pixels.
 * @param {Uint32Array} colours
 * @param {number[]} box
 * @param {number} away
 * @param {number} colour
 * @param {Part} part
 */
function paintFrame(colours, [left, top, width, height], away, colour, part) {
  const [first, last] = [left - away, left + width - 1 + away];
  const [upper, lower] = [top - away, top + height - 1 + away];
  for (let x = first; x <= last; x++) {
    setColour(colours, x, upper, colour, part);
    setColour(colours, x, lower, colour, part);
  }
  for (let y = upper; y <= lower; y++) {
    setColour(colours, first, y, colour, part);
    setColour(colours, last, y, colour, part);
  }
}

/**
 * Give a pixel of the opened picture a colour, if it is seen.
 * @param {Uint32Array} colours
 * @param {number} x
 * @param {number} y
 * @param {number} colour
 * @param {Part} part
 */
function setColour(colours, x, y, colour, { left, top, width, height }) {
  const isSeen = x >= left && x < left + width && y >= top && y < top + height;
  if (isSeen) colours[(y - top) * width + x - left] = colour;
}

// --- Drawings -----------------------------------------------------------------------------------
// What stands still is a picture; the marks are drawn over it, as fine as the screen is.

/**
 * How many pixels the screen has to one of a slot, where it is shown.
 * @param {ShownSlot} shown
 */
function sharpnessOf({ slot, canvas }) {
  const scale = canvas.clientWidth / slot.width || 1; // nothing is wide that is not laid out
  return scale * (window.devicePixelRatio || 1);
}

/**
 * Whether a drawing has the pixels that it needs, as it has not if it became larger or smaller.
 * @param {ShownSlot} shown
 */
function isSharp(shown) {
  const { slot, canvas } = shown;
  if (!canvas.classList.contains("vq-drawing")) return true;
  return canvas.width === Math.round(slot.width * sharpnessOf(shown));
}

/**
 * Marks on a canvas, over a picture of what is fixed.
 * @param {HTMLCanvasElement} canvas
 * @param {Slot} slot
 * @param {number} sharpness
 * @param {CanvasImageSource} background
 * @param {DrawingContent | undefined} content
 */
function paintDrawing(canvas, { width, height }, sharpness, background, content) {
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
    pen.lineCap = "square"; // as matplotlib ends its lines
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

// --- What the page remembers --------------------------------------------------------------------
// The answers that it has shown and those that came ahead, by the positions of the controls.

/**
 * Where the controls stand that decide what is shown.
 * @param {Model} model
 * @param {() => void} listener Called when one of them moves.
 */
function watchPositions(model, listener) {
  const events = "change:value change:index";
  /** @type {ControlModel[] | null} */
  let controls = null;
  let isOver = false;
  async function find() {
    const found = model.get("keyed_by").map((id) => model.widget_manager.get_model(id));
    const all = await Promise.all(found);
    if (isOver) return;
    controls = all;
    for (const control of controls) control.on(events, listener);
  }
  find();
  return {
    /** Their positions as they are told in `settings`; null as long as they are not found. */
    now: () => controls?.map((control) => control.get("index") ?? control.get("value") ?? null),
    stop() {
      isOver = true;
      for (const control of controls ?? []) control.off(events, listener);
    },
  };
}

/**
 * What is shown for some settings.
 * @typedef {object} Snapshot
 * @property {ViewState["axes_png"]} axes_png
 * @property {Frame} fixed
 * @property {Frame} frame
 * @property {string} status
 * @property {boolean} status_is_error
 */

/** Snapshots; the oldest one goes when there would be more. The panel has the same number. */
const MOST_REMEMBERED = 120;

/** One of these traits changes with each answer of the kernel. */
const ANSWERED = ["settings", "frame"];

/** @typedef {ReturnType<typeof rememberAnswers>} Memory */

/**
 * What the kernel has shown last.
 * @param {Model} model
 * @returns {Snapshot}
 */
function snapshotOfKernel(model) {
  return {
    axes_png: model.get("axes_png"),
    fixed: model.get("fixed"),
    frame: model.get("frame"),
    status: model.get("status"),
    status_is_error: model.get("status_is_error"),
  };
}

/**
 * What will be shown when an answer that came ahead is asked for.
 * @param {Answer} answer
 * @param {Model} model
 * @returns {Snapshot}
 */
function snapshotOfAnswer({ fixed, frame, status }, model) {
  const kernel = snapshotOfKernel(model);
  const hasOwn = Object.keys(fixed).length > 0;
  return { ...kernel, fixed: hasOwn ? fixed : kernel.fixed, frame, status, status_is_error: false };
}

/** Snapshots by their settings. */
function makeStore() {
  /** @type {Map<string, Snapshot>} */
  const snapshots = new Map(); // the one that came first at its beginning
  return {
    /** @param {string} settings */
    get: (settings) => snapshots.get(settings),
    /**
     * @param {Position[]} settings
     * @param {Snapshot} snapshot
     */
    put(settings, snapshot) {
      snapshots.set(JSON.stringify(settings), snapshot);
      if (snapshots.size <= MOST_REMEMBERED) return;
      const [oldest] = snapshots.keys();
      snapshots.delete(oldest);
    },
    clear: () => snapshots.clear(),
  };
}

/**
 * Where the controls stand, and whether the kernel has answered to that. If they have come back to
 * where its last answer is for, it has not: that one is of before, with stars moved by hand perhaps.
 * @param {Model} model
 * @param {() => void} update Called when they move.
 */
function compareSettings(model, update) {
  let hasLeft = false; // since the last answer
  const positions = watchPositions(model, () => {
    if (!isAtAnswer()) hasLeft = true;
    update();
  });
  const settings = () => JSON.stringify(positions.now() ?? null);
  const isAtAnswer = () => settings() === JSON.stringify(model.get("settings"));
  function hearKernel() {
    hasLeft = false;
  }
  for (const name of ANSWERED) model.on(`change:${name}`, hearKernel);
  return {
    now: settings,
    areAnswered: () => isAtAnswer() && !hasLeft,
    stop() {
      positions.stop();
      for (const name of ANSWERED) model.off(`change:${name}`, hearKernel);
    },
  };
}

/**
 * Remember the answers of the kernel, and those that it sends ahead. As soon as the controls have
 * moved to where one is known, that one is to be shown; but once the kernel has answered to where
 * they stand, its own.
 * @param {Model} model
 * @param {() => void} update Called when something else may have to be shown.
 */
function rememberAnswers(model, update) {
  const store = makeStore();
  const settings = compareSettings(model, update);
  let opened = model.get("opened");

  function takeAnswer() {
    if (opened !== model.get("opened")) store.clear();
    opened = model.get("opened");
    const snapshot = snapshotOfKernel(model);
    const isAnswer = model.get("lasting") && !snapshot.status_is_error; // no complaint of the page
    if (isAnswer) store.put(model.get("settings"), snapshot);
  }

  function takeAhead() {
    for (const answer of model.get("ahead")) {
      store.put(answer.settings, snapshotOfAnswer(answer, model));
    }
  }

  model.on("change", takeAnswer);
  model.on("change:ahead", takeAhead);
  takeAnswer();
  model.send({ ready: true });
  return {
    /** Where the controls stand. */
    settings: settings.now,
    /** What is to be shown. */
    current() {
      const remembered = settings.areAnswered() ? undefined : store.get(settings.now());
      return remembered ?? snapshotOfKernel(model);
    },
    /** Look again at what is to be shown. */
    update,
    stop() {
      settings.stop();
      model.off("change", takeAnswer);
      model.off("change:ahead", takeAhead);
    },
  };
}

// --- The pointer --------------------------------------------------------------------------------
// Drags with mouse or finger, whatever they move.

/**
 * What is done with a drag on a canvas.
 * @typedef {object} DragActions
 * @property {(event: PointerEvent) => number[]} locate Where the pointer is on the canvas.
 * @property {(pointer: Pointer, event: PointerEvent) => boolean} begin Whether it is a drag.
 * @property {(pointer: Pointer) => void} move
 * @property {(event: PointerEvent) => void} [end]
 */

/**
 * Have something done while the pointer is down on a canvas: the main button, or the first finger.
 * @param {HTMLCanvasElement} canvas
 * @param {DragActions} actions
 */
function onDrag(canvas, { locate, begin, move, end }) {
  /** @type {Pointer | null} */
  let drag = null;
  canvas.classList.add("vq-drag");
  canvas.addEventListener("pointerdown", (event) => {
    if (!event.isPrimary || event.button !== 0) return;
    const here = locate(event);
    const press = performance.timeOrigin + event.timeStamp; // later than before a reload
    const started = { press, down: here, now: here };
    if (!begin(started, event)) return;
    canvas.setPointerCapture(event.pointerId);
    drag = started;
  });
  canvas.addEventListener("pointermove", (event) => {
    if (!drag || !event.isPrimary) return;
    drag = { ...drag, now: locate(event) };
    move(drag);
  });
  for (const kind of ["pointerup", "pointercancel"]) {
    canvas.addEventListener(kind, (event) => {
      if (drag) end?.(/** @type {PointerEvent} */ (event));
      drag = null;
    });
  }
}

/**
 * Where the pointer is on a canvas, in pixels of the page.
 * @param {HTMLCanvasElement} canvas
 * @param {PointerEvent | Touch} event
 */
function pointOn(canvas, event) {
  const { left, top } = canvas.getBoundingClientRect();
  return [event.clientX - left, event.clientY - top];
}

/**
 * How many pixels of the page a pixel of the slot takes.
 * @param {ShownSlot} shown
 */
function scaleOf({ slot, canvas }) {
  return (canvas.parentElement?.clientWidth ?? slot.width) / slot.width;
}

/**
 * Where the pointer is in a slot, in pixels of the slot.
 * @param {ShownSlot} shown
 * @param {PointerEvent | Touch} event
 */
function pointIn(shown, event) {
  const scale = scaleOf(shown);
  return pointOn(shown.canvas, event).map((pixels) => pixels / scale);
}

/**
 * Call `move` with how far right the pointer is on a canvas. A finger must go sideways first:
 * otherwise it scrolls the page.
 * @param {HTMLCanvasElement} canvas
 * @param {(x: number) => void} move
 */
function dragSideways(canvas, move) {
  let isSideways = false;
  canvas.classList.add("vq-drags-sideways");
  onDrag(canvas, {
    locate: (event) => pointOn(canvas, event),
    begin: ({ now }, { pointerType }) => {
      isSideways = pointerType === "mouse";
      if (isSideways) move(now[0]);
      return true;
    },
    move: ({ down, now }) => {
      if (Math.abs(now[0] - down[0]) > Math.abs(now[1] - down[1])) isSideways = true;
      if (isSideways) move(now[0]);
    },
  });
}

/**
 * Tell the kernel where the pointer is on a slot while it is down. Of a finger it is told where it
 * has tapped: a swipe scrolls the page.
 * @param {ShownSlot} shown
 * @param {Model} model
 */
function dragPlace(shown, model) {
  let isMouse = false;
  /** @type {Pointer | null} */
  let last = null;
  shown.canvas.classList.add("vq-drags-place");
  /** @param {Pointer} pointer */
  const tell = (pointer) => {
    last = pointer;
    if (isMouse) setTrait(model, "pointer", pointer);
  };
  onDrag(shown.canvas, {
    locate: (event) => pointIn(shown, event),
    begin: (pointer, { pointerType }) => {
      isMouse = pointerType === "mouse";
      tell(pointer);
      return true;
    },
    move: tell,
    end: ({ type }) => {
      if (!isMouse && last && type === "pointerup") setTrait(model, "pointer", last);
    },
  });
}

// --- A picture that the pointer pulls -----------------------------------------------------------
// The original follows at once; what else is seen of it comes with the answer of the kernel.

/**
 * The picture as the pointer has pulled it, until the kernel has answered.
 * @typedef {object} Pull
 * @property {Part} start What was seen when the pointer went down.
 * @property {Frame} fixed What was open then.
 * @property {Pointer} pointer
 * @property {boolean} isHeld Whether the pointer is still down.
 */

/**
 * Have the original follow the pointer. What fingers can do on it depends on what of it is hidden.
 * @param {ShownSlot} shown
 * @param {Model} model
 * @param {Memory} memory
 */
function dragPicture(shown, model, memory) {
  /** @param {Pointer} pointer */
  const tell = (pointer) => {
    if (shown.pull) shown.pull.pointer = pointer;
    setTrait(model, "pointer", pointer);
  };
  onDrag(shown.canvas, {
    locate: (event) => pointIn(shown, event),
    begin: (pointer) => {
      const [start, fixed] = [partNow([shown], model), model.get("fixed")];
      shown.pull = { start, fixed, pointer, isHeld: true };
      tell(pointer);
      return true;
    },
    move: tell,
    end: () => {
      if (shown.pull) shown.pull.isHeld = false;
      memory.update();
    },
  });
}

/**
 * The part that is seen: the kernel's, or that to which the pointer has pulled the picture since.
 * A pull that the kernel has answered is over.
 * @param {ShownSlot[]} slots
 * @param {Model} model
 */
function partNow(slots, model) {
  const part = model.get("part");
  for (const shown of slots) {
    if (!shown.pull) continue;
    const { start, fixed, pointer } = shown.pull;
    const isOfAnother = fixed !== model.get("fixed") || start.zoom !== part.zoom;
    if (isOfAnother || isAnswered(shown.pull, model.get("pointer_answered"))) {
      shown.pull = null;
      continue;
    }
    const [dx, dy] = [pointer.now[0] - pointer.down[0], pointer.now[1] - pointer.down[1]];
    const whole = pictureOf(fixed[shown.slot.fixed] ?? {});
    return shiftedPart(start, whole, dx, dy);
  }
  return part;
}

/**
 * Whether the kernel has answered the last that the pointer did.
 * @param {{ pointer: Pointer, isHeld: boolean }} drag
 * @param {number[]} answered As `pointer_answered`.
 */
function isAnswered({ pointer, isHeld }, [press, ...now]) {
  if (isHeld) return false;
  return press > pointer.press || (press === pointer.press && distance(now, pointer.now) === 0);
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
function shiftedPart(part, whole, dx, dy) {
  const left = Math.round(part.left - dx / part.zoom);
  const top = Math.round(part.top - dy / part.zoom);
  const last = {
    left: whole.left + whole.width - part.width,
    top: whole.top + whole.height - part.height,
  };
  return {
    ...part,
    left: between(whole.left, left, last.left),
    top: between(whole.top, top, last.top),
  };
}

/**
 * Let it be seen, and felt by fingers, which way a picture can be dragged.
 * @param {HTMLCanvasElement} canvas
 * @param {number[]} hidden
 */
function showHidden(canvas, [width, height]) {
  canvas.classList.toggle("vq-hides-width", width > 0);
  canvas.classList.toggle("vq-hides-height", height > 0);
}

// --- Stars that the pointer moves ---------------------------------------------------------------
// A star follows at once; regions and figures come with the answer of the kernel.

/** How near to a finger a star must be to be taken by it, in pixels of the page. */
const NEAR_A_FINGER = 24;

/**
 * A star that is shown where the pointer has put it, until the kernel has answered.
 * @typedef {object} MovedStar
 * @property {number} index
 * @property {number} count Of all stars.
 * @property {string} settings Where the controls stood.
 * @property {(now: number[]) => number[]} placeFor Where it is when the pointer is there.
 * @property {Pointer} pointer The last that the kernel is told of.
 * @property {boolean} isHeld Whether the pointer is still down.
 */

/**
 * Have the star that is nearest to the press follow the pointer. Fingers must begin near to one:
 * elsewhere they scroll the page.
 * @param {ShownSlot} shown
 * @param {Model} model
 * @param {Memory} memory
 */
function dragStars(shown, model, memory) {
  const { slot, canvas, moved } = shown;
  canvas.classList.add(`vq-drags-${slot.drags}`);
  onDrag(canvas, {
    locate: (event) => pointIn(shown, event),
    begin: (pointer, { pointerType }) => {
      if (pointerType !== "mouse" && !isAtStar(shown, pointer.down, model, memory)) return false;
      takeStar(shown, pointer, model, memory);
      setTrait(model, "pointer", pointer);
      return true;
    },
    move: (pointer) => {
      for (const star of moved.values()) if (star.isHeld) star.pointer = pointer;
      setTrait(model, "pointer", pointer);
    },
    end: () => {
      for (const star of moved.values()) star.isHeld = false;
      memory.update();
    },
  });
  /** @param {TouchEvent} event */
  const keepPageStill = (event) => {
    const [finger, ...others] = event.touches;
    const here = pointIn(shown, finger);
    if (others.length === 0 && isAtStar(shown, here, model, memory)) event.preventDefault();
  };
  canvas.addEventListener("touchstart", keepPageStill, { passive: false });
}

/**
 * Hold the star nearest to where the pointer went down: the kernel will choose the same.
 * @param {ShownSlot} shown
 * @param {Pointer} pointer
 * @param {Model} model
 * @param {Memory} memory
 */
function takeStar(shown, pointer, model, memory) {
  const places = placesOfStars(shown, model, memory);
  const index = nearestStar(places, pointer.down, shown.slot);
  if (index < 0) return;
  const start = placeAt(places, index);
  const reach = model.get("reach");
  const isLevel = shown.slot.drags === "levels";
  shown.moved.set(index, {
    index,
    count: places.length / 2,
    settings: memory.settings(),
    placeFor: (now) => placeAfter(start, pointer.down, now, isLevel, reach),
    pointer,
    isHeld: true,
  });
}

/**
 * A star goes as far as the pointer, a level only sideways, and neither out of reach.
 * @param {number[]} start
 * @param {number[]} down
 * @param {number[]} now
 * @param {boolean} isLevel
 * @param {Clip} reach
 */
function placeAfter(start, down, now, isLevel, [left, top, width, height]) {
  const move = [now[0] - down[0], now[1] - down[1]];
  if (move[0] === 0 && move[1] === 0) return start; // even if that is out of reach
  const x = between(left, start[0] + move[0], left + width);
  const y = between(top, start[1] + move[1], top + height);
  return [x, isLevel ? start[1] : y];
}

/**
 * What is shown in a slot: the kernel's answer, with stars where the pointer has put them since.
 * Those of which the kernel knows better are moved by hand no more.
 * @param {ShownSlot} shown
 * @param {SlotContent | undefined} content
 * @param {Model} model
 * @param {string} settings Where the controls stand.
 */
function withMovedStars({ moved }, content, model, settings) {
  const mark = starsOf(content);
  if (!mark || moved.size === 0) return content;
  const places = floatsOf(mark.xy);
  for (const star of moved.values()) {
    const isOfAnother = star.settings !== settings;
    if (isOfAnother || isOvertaken(star, places, model.get("pointer_answered")))
      moved.delete(star.index);
  }
  for (const { index, placeFor, pointer } of moved.values()) {
    places.set(placeFor(pointer.now), 2 * index);
  }
  const { marks = [] } = /** @type {DrawingContent} */ (content);
  const xy = new DataView(places.buffer);
  return { ...content, marks: marks.map((each) => (each === mark ? { ...mark, xy } : each)) };
}

/**
 * Whether the kernel knows better where a star is: it has answered the last that the pointer did,
 * or has moved another star by it, or there is another codebook.
 * @param {MovedStar} star
 * @param {Float32Array} places Those that the kernel has told.
 * @param {number[]} answered As `pointer_answered`.
 */
function isOvertaken({ index, count, placeFor, pointer, isHeld }, places, [press, ...now]) {
  if (places.length !== 2 * count) return true;
  if (press > pointer.press) return !isHeld;
  if (press !== pointer.press) return false;
  if (!isHeld && distance(now, pointer.now) === 0) return true;
  return distance(placeFor(now), placeAt(places, index)) > 1;
}

/** @param {SlotContent | undefined} content */
function starsOf(content) {
  const { marks = [] } = /** @type {DrawingContent} */ (content ?? {});
  return marks.find((mark) => mark.kind === "stars");
}

/**
 * Where the stars of a slot are shown: x and y of one after the other.
 * @param {ShownSlot} shown
 * @param {Model} model
 * @param {Memory} memory
 */
function placesOfStars(shown, model, memory) {
  const told = memory.current().frame[shown.slot.name];
  const mark = starsOf(withMovedStars(shown, told, model, memory.settings()));
  return mark ? floatsOf(mark.xy) : new Float32Array(0);
}

/**
 * The index of the star nearest to a place, -1 if there is none; levels are sought sideways.
 * @param {Float32Array} places
 * @param {number[]} here
 * @param {Slot} slot
 */
function nearestStar(places, here, { drags }) {
  let nearest = -1;
  let least = Number.POSITIVE_INFINITY;
  for (let index = 0; index < places.length / 2; index++) {
    const [x, y] = placeAt(places, index);
    const apart = distance([x, drags === "levels" ? here[1] : y], here);
    if (apart < least) {
      least = apart;
      nearest = index;
    }
  }
  return nearest;
}

/**
 * Whether a finger there is at a star.
 * @param {ShownSlot} shown
 * @param {number[]} here
 * @param {Model} model
 * @param {Memory} memory
 */
function isAtStar(shown, here, model, memory) {
  const places = placesOfStars(shown, model, memory);
  const index = nearestStar(places, here, shown.slot);
  const apart = distance(placeAt(places, index), here) * scaleOf(shown);
  return apart <= NEAR_A_FINGER;
}

/**
 * @param {Float32Array} places
 * @param {number} index
 */
function placeAt(places, index) {
  return [places[2 * index], places[2 * index + 1]];
}

// --- The layout ---------------------------------------------------------------------------------
// Cells with their slots, the divider, the lines of words, and names for screen readers.

/** @typedef {{ line: HTMLDivElement, range: HTMLInputElement }} Divider */
/**
 * @typedef {object} ShownSlot
 * @property {Slot} slot
 * @property {HTMLCanvasElement} canvas
 * @property {Divider | null} divider
 * @property {Map<number, MovedStar>} moved By their index.
 * @property {Pull | null} pull
 */

/**
 * The cells row by row, two in a row or, where it is narrow, one; in each its slots downwards.
 * @param {HTMLElement} el
 * @param {Model} model
 * @param {Memory} memory
 */
function makeSlots(el, model, memory) {
  const grid = make(el, "div", { className: "vq-cells" });
  const slots = [];
  for (const cell of model.get("cells")) {
    const pile = make(grid, "div");
    for (const slot of cell) slots.push(makeSlot(pile, slot, model, memory));
  }
  return slots;
}

/**
 * Call `listener` when slots have got another size on the page.
 * @param {ShownSlot[]} slots
 * @param {() => void} listener
 * @returns {() => void} Call it to end that.
 */
function onResize(slots, listener) {
  const observer = new ResizeObserver(listener);
  for (const { canvas } of slots) observer.observe(canvas);
  return () => observer.disconnect();
}

/**
 * @param {HTMLElement} pile
 * @param {Slot} slot
 * @param {Model} model
 * @param {Memory} memory
 * @returns {ShownSlot}
 */
function makeSlot(pile, slot, model, memory) {
  const figure = make(pile, "figure");
  make(figure, "figcaption", { textContent: slot.title });
  const box = make(figure, "div", { className: "vq-box" });
  const canvas = make(box, "canvas", {}, { role: "img" });
  setShownSize(box, slot.width, slot.height);
  const divider = slot.divider ? makeDivider(box, canvas, slot.divider, model) : null;
  const shown = { slot, canvas, divider, moved: new Map(), pull: null };
  if (slot.drags === "picture") dragPicture(shown, model, memory);
  else if (slot.drags === "place") dragPlace(shown, model);
  else if (slot.drags) dragStars(shown, model, memory);
  return shown;
}

/**
 * A line over the canvas, moved by dragging on the canvas or by the slider beside the title.
 * @param {HTMLElement} box
 * @param {HTMLCanvasElement} canvas
 * @param {string} name
 * @param {Model} model
 * @returns {Divider}
 */
function makeDivider(box, canvas, name, model) {
  const line = make(box, "div", { className: "vq-divider" });
  // There it takes no room of its own.
  const title = box.parentElement?.firstElementChild ?? null;
  const range = make(title, "input", { type: "range", title: name }, { "aria-label": name });
  /** @param {number} split */
  const divide = (split) => setTrait(model, "split", between(0, Math.round(split), 100));
  range.addEventListener("input", () => divide(range.valueAsNumber));
  dragSideways(canvas, (x) => divide((100 * x) / canvas.clientWidth));
  return { line, range };
}

/** @typedef {{ status: HTMLElement, alert: HTMLElement }} StatusLines */

/**
 * @param {HTMLElement} el
 * @returns {StatusLines}
 */
function makeStatusLines(el) {
  const status = make(el, "p", {}, { role: "status" });
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
// What ipywidgets holds back is sent before the reader does something else.

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
// A picture of the reader's own, and what "save" gives.

/**
 * A button for a picture file of the reader's own; it is folded away with the controls above it.
 * @param {HTMLElement} el
 * @param {Model} model
 * @param {number} limit Of bytes: Jupyter drops a large message without a word.
 */
function makeUpload(el, model, limit) {
  const text = `own picture, up to ${limit / 1e6} MB `;
  const label = make(el, "label", { className: "vq-upload", textContent: text });
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
    model.set("lasting", false); // it is no answer, whatever becomes of it
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
// What is wanted now goes onto the canvases and into the lines of words, all in one go.

/**
 * All that decides what is painted.
 * @typedef {object} Wanted
 * @property {Snapshot} snapshot
 * @property {Part} part
 * @property {number} split
 * @property {number[]} hidden
 * @property {boolean} busy
 */

/**
 * @param {Model} model
 * @param {Memory} memory
 * @param {ShownSlot[]} slots
 * @returns {Wanted}
 */
function wantedNow(model, memory, slots) {
  const snapshot = memory.current();
  const frame = { ...snapshot.frame };
  for (const shown of slots) {
    const { name } = shown.slot;
    const content = frame[name];
    if (content) frame[name] = withMovedStars(shown, content, model, memory.settings());
  }
  return {
    snapshot: { ...snapshot, frame },
    part: partNow(slots, model),
    split: model.get("split"),
    hidden: model.get("hidden"),
    busy: model.get("busy"),
  };
}

/**
 * What was opened last, and what is kept of it from move to move.
 * @typedef {object} Opened
 * @property {ViewState["axes_png"]} axes_png
 * @property {Frame} fixed
 * @property {Part | null} part
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
 * Take in what is to be painted, decoded and inflated; whether something else, or another part of
 * it, was opened.
 * @param {Opened} opened
 * @param {Wanted} wanted
 */
async function open(opened, { snapshot, part }) {
  const { axes_png, fixed, frame } = snapshot;
  const isNew = opened.axes_png !== axes_png || opened.fixed !== fixed;
  const isElsewhere = !alike(opened.part, part);
  if (opened.axes_png !== axes_png) opened.axes = await decodeAll(axes_png);
  await inflateAll(fixed, frame);
  if (isNew) opened.backgrounds = {};
  opened.axes_png = axes_png;
  opened.fixed = fixed;
  opened.part = part;
  return isNew || isElsewhere;
}

/**
 * @param {ShownSlot[]} slots
 * @param {Opened} opened
 * @param {boolean} isNew Whether something was opened, or another part, since the last time.
 * @param {Wanted} wanted
 */
function paintSlots(slots, opened, isNew, wanted) {
  for (const shown of slots) paintSlot(shown, opened, isNew, wanted);
  if (!isNew) return;
  for (const { canvas } of slots) smoothIfReduced(canvas);
}

/**
 * @param {ShownSlot} shown
 * @param {Opened} opened
 * @param {boolean} isNew
 * @param {Wanted} wanted
 */
function paintSlot(shown, opened, isNew, { snapshot, part, split, hidden }) {
  const { slot, canvas, divider } = shown;
  const fixed = opened.fixed[slot.fixed];
  const moving = contentOf(snapshot.frame, slot.name); // without it only what is fixed is shown
  const axes = opened.axes[slot.fixed];
  const ownSplit = slot.divider ? split : 0;
  if (axes) paintDrawingSlot(shown, opened, axes, moving);
  else if (moving || isNew) paintPicture(canvas, fixed, moving, part, ownSplit);
  canvas.setAttribute("aria-label", (moving ?? fixed)?.alt ?? "");
  if (slot.drags === "picture") showHidden(canvas, hidden);
  if (divider) moveDivider(divider, canvas, split);
}

/**
 * @param {ShownSlot} shown
 * @param {Opened} opened
 * @param {ImageBitmap} axes
 * @param {DrawingContent | undefined} moving
 */
function paintDrawingSlot(shown, opened, axes, moving) {
  const { slot, canvas } = shown;
  canvas.classList.add("vq-drawing"); // it follows a dark theme, pictures do not
  const sharpness = sharpnessOf(shown);
  let background = opened.backgrounds[slot.fixed];
  if (!background) {
    background = make(null, "canvas");
    paintDrawing(background, slot, sharpness, axes, opened.fixed[slot.fixed]);
    opened.backgrounds[slot.fixed] = background;
  }
  paintDrawing(canvas, slot, sharpness, background, moving);
}

/**
 * @param {Divider} divider
 * @param {HTMLCanvasElement} canvas
 * @param {number} split
 */
function moveDivider({ line, range }, canvas, split) {
  range.value = String(split);
  const width = Number.parseFloat(canvas.style.width); // in percent of the box, as the line's place
  line.style.left = `${(width * split) / 100}%`;
  line.style.setProperty("--vq-split", String(split));
}

/**
 * @param {StatusLines} lines
 * @param {Wanted} wanted
 */
function writeStatus({ status, alert }, { snapshot, busy }) {
  if (snapshot.status_is_error) {
    status.textContent = "";
    alert.textContent = snapshot.status;
    return;
  }
  status.textContent = busy ? `${snapshot.status} … Still at work.` : snapshot.status;
  alert.textContent = "";
}

// --- What anywidget calls -----------------------------------------------------------------------
// Once for each model, and once for each time that it is shown.

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
  const limit = model.get("upload_limit");
  if (limit > 0) makeUpload(el, model, limit);
  const lines = makeStatusLines(el);
  const memory = rememberAnswers(model, () => update());
  const slots = makeSlots(el, model, memory);

  /** @type {Opened} */
  const opened = { axes_png: {}, fixed: {}, part: null, axes: {}, backgrounds: {} };
  /** @type {Wanted | null} */
  let painted = null;
  let paintings = 0;

  async function paint() {
    const wanted = wantedNow(model, memory, slots);
    if (alike(wanted, painted)) return;
    painted = null; // if this fails, the next one is not left out
    const isNew = await open(opened, wanted);
    paintSlots(slots, opened, isNew, wanted);
    writeStatus(lines, wanted);
    painted = wanted;
    paintings += 1;
    el.dataset.painted = String(paintings); // the tests wait for it
  }

  const update = oneAtATime(paint, (error) => {
    lines.alert.textContent = String(error);
  });
  model.on("change", update);
  update();
  const stopScaling = onResize(slots, () => {
    for (const { canvas } of slots) smoothIfReduced(canvas);
    if (slots.every(isSharp)) return;
    opened.backgrounds = {};
    painted = null;
    update();
  });
  const stopNaming = keepHandlesNamed(el);
  const stopOrdering = keepOrder(el, model);
  return () => {
    model.off("change", update);
    memory.stop();
    stopScaling();
    stopNaming();
    stopOrdering();
  };
}

export default { initialize, render };
