// The one view under all panels: pictures and drawings on canvases, a divider, the pointer, files
// in and out, and the line that says what is shown. `axes_png` and `fixed` come when something new
// is opened and `frame` with every move, so a move sends little: a palette of 768 bytes for a
// picture, the marks that moved for a drawing. All is painted in one go.
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
 * @property {"" | "picture" | "stars" | "levels"} drags
 * @property {string} divider
 */

/**
 * A picture, or what of a picture changes.
 * @typedef {object} PictureContent
 * @property {Bytes} [pixels]
 * @property {number} [width]
 * @property {number} [height]
 * @property {number} [zoom]
 * @property {Bytes} [palette]
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
 * @property {Record<string, SlotContent | undefined>} frame
 * @property {string} status
 * @property {boolean} status_is_error
 * @property {boolean} busy
 * @property {number} split
 * @property {Pointer} pointer
 * @property {number[]} pointer_answered
 * @property {Clip} reach
 * @property {number[]} hidden
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
  "frame",
  "split",
  "pointer",
  "pointer_answered",
  "hidden",
  "status",
  "status_is_error",
  "busy",
];

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

/**
 * A picture: pixels of its own or the fixed ones, by its own palette; left of the divider as the
 * fixed one.
 * @param {HTMLCanvasElement} canvas
 * @param {PictureContent} fixed
 * @param {PictureContent} moving
 * @param {number} split In percent of the width.
 */
function paintPicture(canvas, fixed, moving, split) {
  const picture = wholePicture({ ...fixed, ...moving });
  const { width, height, zoom } = picture;
  setPixelSize(canvas, width, height);
  setShownSize(canvas, width * zoom, height * zoom); // enlarged by whole steps
  const colours = coloursOfPixels(picture);
  const border = Math.round((width * split) / 100);
  if (border > 0) copyLeft(coloursOfPixels(wholePicture(fixed)), colours, width, border);
  const data = new Uint8ClampedArray(colours.buffer);
  penOf(canvas).putImageData(new ImageData(data, width, height), 0, 0);
}

/** @param {PictureContent} content */
function wholePicture(content) {
  return /** @type {Required<PictureContent>} */ (content);
}

/**
 * Each pixel as one number, as canvases have them: one of one byte by the palette, one of three by
 * itself.
 * @param {Required<PictureContent>} picture
 */
function coloursOfPixels({ pixels, palette, width, height }) {
  const bytes = bytesOf(pixels);
  const count = width * height;
  if (bytes.length === 3 * count) return coloursOf(bytes);
  const colours = coloursOf(bytesOf(palette));
  const found = new Uint32Array(count);
  for (let at = 0; at < count; at++) found[at] = colours[bytes[at]];
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

/** How near to a star a finger must come to take it, in pixels of the page. */
const FINGER_REACH = 24;

/**
 * What is done with a drag on a canvas.
 * @typedef {object} DragActions
 * @property {(event: PointerEvent) => number[]} locate Where the pointer is on the canvas.
 * @property {(pointer: Pointer, event: PointerEvent) => boolean} begin Whether it is a drag.
 * @property {(pointer: Pointer) => void} move
 * @property {() => void} [end]
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
    canvas.addEventListener(kind, () => {
      if (drag) end?.();
      drag = null;
    });
  }
}

/**
 * Where the pointer is on a canvas, in pixels of the page.
 * @param {HTMLCanvasElement} canvas
 * @param {PointerEvent | Touch} event
 */
function positionOn(canvas, event) {
  const { left, top } = canvas.getBoundingClientRect();
  return [event.clientX - left, event.clientY - top];
}

/**
 * How many pixels of the page a pixel of the slot takes.
 * @param {ShownSlot} shown
 * @param {Model} model
 */
function scaleOf({ slot, canvas }, model) {
  const content = { ...model.get("fixed")[slot.fixed], ...model.get("frame")[slot.name] };
  const { width = slot.width, zoom = 1 } = /** @type {PictureContent} */ (content);
  return canvas.clientWidth / (width * zoom);
}

/**
 * Where the pointer is in a slot, in pixels of the slot.
 * @param {ShownSlot} shown
 * @param {PointerEvent | Touch} event
 * @param {Model} model
 */
function positionIn(shown, event, model) {
  const scale = scaleOf(shown, model);
  return positionOn(shown.canvas, event).map((pixels) => pixels / scale);
}

/**
 * Have the original follow the pointer. What fingers can do on it depends on what of it is hidden.
 * @param {ShownSlot} shown
 * @param {Model} model
 */
function dragPicture(shown, model) {
  /** @param {Pointer} pointer */
  const tell = (pointer) => setTrait(model, "pointer", pointer);
  onDrag(shown.canvas, {
    locate: (event) => positionIn(shown, event, model),
    begin: (pointer) => {
      tell(pointer);
      return true;
    },
    move: tell,
  });
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

/**
 * Have the star that is nearest to the press follow the pointer. Fingers must begin near to one:
 * elsewhere they scroll the page.
 * @param {ShownSlot} shown
 * @param {Model} model
 */
function dragStars(shown, model) {
  const { slot, canvas, moved } = shown;
  canvas.classList.add(`vq-drags-${slot.drags}`);
  onDrag(canvas, {
    locate: (event) => positionIn(shown, event, model),
    begin: (pointer, { pointerType }) => {
      if (pointerType !== "mouse" && !isAtStar(shown, pointer.down, model)) return false;
      takeStar(shown, pointer, model);
      setTrait(model, "pointer", pointer);
      return true;
    },
    move: (pointer) => {
      for (const star of moved.values()) if (star.isHeld) star.pointer = pointer;
      setTrait(model, "pointer", pointer);
    },
    end: () => {
      for (const star of moved.values()) star.isHeld = false;
    },
  });
  /** @param {TouchEvent} event */
  const keepPageStill = (event) => {
    const [finger, ...others] = event.touches;
    const here = positionIn(shown, finger, model);
    if (others.length === 0 && isAtStar(shown, here, model)) event.preventDefault();
  };
  canvas.addEventListener("touchstart", keepPageStill, { passive: false });
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
    locate: (event) => positionOn(canvas, event),
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

// --- Stars that the pointer has moved -----------------------------------------------------------

/**
 * A star that is shown where the pointer has put it, until the kernel has answered.
 * @typedef {object} MovedStar
 * @property {number} index
 * @property {number} count Of all stars.
 * @property {(now: number[]) => number[]} placeFor Where it is when the pointer is there.
 * @property {Pointer} pointer The last that the kernel is told of.
 * @property {boolean} isHeld Whether the pointer is still down.
 */

/**
 * Hold the star nearest to where the pointer went down: the kernel will choose the same.
 * @param {ShownSlot} shown
 * @param {Pointer} pointer
 * @param {Model} model
 */
function takeStar(shown, pointer, model) {
  const places = placesOfStars(shown, model);
  const index = nearestStar(places, pointer.down, shown.slot);
  if (index < 0) return;
  const start = placeAt(places, index);
  const reach = model.get("reach");
  const isLevel = shown.slot.drags === "levels";
  shown.moved.set(index, {
    index,
    count: places.length / 2,
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
 * @param {number} low
 * @param {number} value
 * @param {number} high
 */
function between(low, value, high) {
  return Math.min(high, Math.max(low, value));
}

/**
 * What is shown in a slot: the kernel's answer, with stars where the pointer has put them since.
 * @param {ShownSlot} shown
 * @param {SlotContent | undefined} content
 * @param {Model} model
 */
function withMovedStars({ moved }, content, model) {
  const mark = starsOf(content);
  if (!mark || moved.size === 0) return content;
  const places = floatsOf(mark.xy);
  for (const star of moved.values()) {
    if (isOver(star, places, model.get("pointer_answered"))) moved.delete(star.index);
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
function isOver({ index, count, placeFor, pointer, isHeld }, places, [press, ...now]) {
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
 */
function placesOfStars(shown, model) {
  const mark = starsOf(withMovedStars(shown, model.get("frame")[shown.slot.name], model));
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
 */
function isAtStar(shown, here, model) {
  const places = placesOfStars(shown, model);
  const index = nearestStar(places, here, shown.slot);
  return distance(placeAt(places, index), here) * scaleOf(shown, model) <= FINGER_REACH;
}

/**
 * @param {Float32Array} places
 * @param {number} index
 */
function placeAt(places, index) {
  return [places[2 * index], places[2 * index + 1]];
}

/**
 * @param {number[]} from
 * @param {number[]} to
 */
function distance(from, to) {
  return Math.hypot(to[0] - from[0], to[1] - from[1]);
}

// --- The layout ---------------------------------------------------------------------------------

/** @typedef {{ line: HTMLDivElement, range: HTMLInputElement }} Divider */
/**
 * @typedef {object} ShownSlot
 * @property {Slot} slot
 * @property {HTMLCanvasElement} canvas
 * @property {Divider | null} divider
 * @property {Map<number, MovedStar>} moved By their index.
 */

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
  const divider = slot.divider ? makeDivider(box, canvas, slot.divider, model) : null;
  const shown = { slot, canvas, divider, moved: new Map() };
  if (slot.drags === "picture") dragPicture(shown, model);
  else if (slot.drags) dragStars(shown, model);
  return shown;
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
  dragSideways(canvas, (x) => divide((100 * x) / canvas.clientWidth));
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
 * @param {ShownSlot} shown
 * @param {Opened} opened
 * @param {boolean} isNew Whether something was opened since the last time.
 * @param {Model} model
 */
function paintSlot(shown, opened, isNew, model) {
  const { slot, canvas, divider } = shown;
  const fixed = opened.fixed[slot.fixed];
  const told = model.get("frame")[slot.name]; // without it only what is fixed is shown
  const moving = withMovedStars(shown, told, model);
  const axes = opened.axes[slot.fixed];
  const split = model.get("split");
  if (axes) paintDrawingSlot(shown, opened, axes, moving);
  else paintPictureSlot(canvas, fixed, moving, isNew, divider ? split : 0);
  canvas.setAttribute("aria-label", (moving ?? fixed)?.alt ?? "");
  if (slot.drags === "picture") showHidden(canvas, model.get("hidden"));
  if (divider) moveDivider(divider, canvas, split);
}

/**
 * @param {HTMLCanvasElement} canvas
 * @param {PictureContent | undefined} fixed
 * @param {PictureContent | undefined} moving
 * @param {boolean} isNew A picture that is only fixed is painted when it is opened.
 * @param {number} split
 */
function paintPictureSlot(canvas, fixed, moving, isNew, split) {
  const content = moving ?? (isNew ? fixed : undefined);
  if (content) paintPicture(canvas, fixed ?? content, content, split);
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
  line.style.setProperty("--vq-split", String(split));
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
  const opened = { axes_png: {}, fixed: {}, axes: {}, backgrounds: {} };
  let paintings = 0;

  async function paint() {
    const before = { ...opened };
    while (opened.axes_png !== model.get("axes_png")) {
      opened.axes_png = model.get("axes_png"); // others may come while these are decoded
      opened.axes = await decodeAll(opened.axes_png);
    }
    opened.fixed = model.get("fixed");
    const isNew = opened.axes_png !== before.axes_png || opened.fixed !== before.fixed;
    if (isNew) opened.backgrounds = {};
    for (const shown of slots) paintSlot(shown, opened, isNew, model);
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
