// The one view under all panels: pictures and drawings on canvases, a divider, the pointer, files in and out, and the
// line that says what is shown. `grounds` and `stills` come when something new is opened and `frame` with every move, so
// a move sends little: a table of 768 bytes for a picture, the marks that moved for a drawing. All is painted in one go.

const bytesOf = (data) => new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
const floatsOf = (data) => new Float32Array(data.buffer.slice(data.byteOffset, data.byteOffset + data.byteLength));

function make(parent, tag, properties = {}, attributes = {}) {
  const made = Object.assign(document.createElement(tag), properties);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  parent?.append(made);
  return made;
}

function setSize(canvas, width, height) {
  if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
}

/** A picture: pixels of its own or those that stay, by its own table; left of the divider as the one that stays. */
function paintPicture(canvas, base, part, split) {
  const { indices, table, width, height, cell } = { ...base, ...part };
  setSize(canvas, width, height);
  Object.assign(canvas.style, { width: `${width * cell}px`, height: `${height * cell}px` }); // enlarged by whole steps
  const pixels = pixelsOf(indices, table, width * height);
  const [left, border] = [split && pixelsOf(base.indices, base.table, pixels.length), Math.round(width * split / 100)];
  for (let at = 0; border && at < pixels.length; at += width) pixels.set(left.subarray(at, at + border), at);
  canvas.getContext("2d").putImageData(new ImageData(new Uint8ClampedArray(pixels.buffer), width, height), 0, 0);
}

/** Each pixel as one number, as canvases have them: of one byte by the table, of three by themselves. */
function pixelsOf(data, table, count) {
  const bytes = bytesOf(data);
  if (bytes.length === 3 * count) return coloursOf(bytes);
  const [colours, pixels] = [coloursOf(bytesOf(table)), new Uint32Array(count)];
  for (let at = 0; at < count; at++) pixels[at] = colours[bytes[at]];
  return pixels;
}

/** Red, green and blue as one number for each colour, opaque. */
function coloursOf(rgb) {
  const colours = new Uint32Array(rgb.length / 3);
  for (let k = 0, at = 0; k < colours.length; k++, at += 3)
    colours[k] = 0xff000000 | (rgb[at + 2] << 16) | (rgb[at + 1] << 8) | rgb[at];
  return colours;
}

/** Marks on a canvas, over a picture of what stands still. */
function paintDrawing(canvas, { width, height }, ground, marks) {
  const sharp = window.devicePixelRatio || 1;
  setSize(canvas, Math.round(width * sharp), Math.round(height * sharp));
  const pen = canvas.getContext("2d");
  pen.setTransform(sharp, 0, 0, sharp, 0, 0);
  pen.imageSmoothingQuality = "high";
  pen.drawImage(ground, 0, 0, width, height);
  for (const mark of marks ?? []) paintMark(pen, mark, floatsOf(mark.xy));
  return canvas;
}

function paintMark(pen, { kind, colour, alpha, width, radius, edge, clip }, xy) {
  pen.save();
  pen.beginPath();
  if (clip) (pen.rect(...clip), pen.clip());
  Object.assign(pen, { fillStyle: colour, strokeStyle: colour, globalAlpha: alpha, lineWidth: width });
  pen.beginPath();
  for (let at = 0, gap = true; at < xy.length; at += 2) {
    if (gap) pen.moveTo(xy[at], xy[at + 1]);
    else pen.lineTo(xy[at], xy[at + 1]);
    gap = Number.isNaN(xy[at]);
  }
  if (kind === "area" || width) pen[kind === "area" ? "fill" : "stroke"]();
  Object.assign(pen, { lineWidth: edge, lineJoin: "bevel" });
  for (let at = 0; radius && at < xy.length; at += 2) paintPoint(pen, xy[at], xy[at + 1], radius, kind === "stars");
  pen.restore();
}

function paintPoint(pen, x, y, radius, star) {
  const reach = radius + pen.lineWidth / 2;
  const side = reach * Math.sqrt(Math.PI); // of a square as large as the disc
  if (!star && reach < 2) return pen.fillRect(x - side / 2, y - side / 2, side, side); // three times as fast as discs
  pen.beginPath();
  if (!star) pen.arc(x, y, reach, 0, 2 * Math.PI);
  for (let corner = 0; star && corner < 10; corner++) {
    const [far, turn] = [corner % 2 ? 0.381966 * radius : radius, (corner * Math.PI) / 5]; // as in a pentagram
    pen.lineTo(x + far * Math.sin(turn), y - far * Math.cos(turn));
  }
  pen.closePath();
  pen.fill();
  if (star) pen.stroke();
}

/** Call `answer` with where and when the pointer went down on a canvas, and where it is now, as long as it is down. */
function onDrag(canvas, answer) {
  let down = null;
  const where = (event, { left, top }) => [event.clientX - left, event.clientY - top];
  const tell = (event) => {
    const now = where(event, canvas.getBoundingClientRect());
    if (event.type === "pointerdown") down = (canvas.setPointerCapture(event.pointerId), [...now, event.timeStamp]);
    if (down) answer(down, now);
  };
  canvas.classList.add("vq-drag");
  for (const kind of ["pointerdown", "pointermove"]) canvas.addEventListener(kind, tell);
  for (const end of ["pointerup", "pointercancel"]) canvas.addEventListener(end, () => (down = null));
}

/** The handles of the stock sliders get the name beside them, and keys on any control do not reach JupyterLab. */
function nameHandles(panel) {
  for (const control of panel.querySelectorAll("select, input, button, [tabindex]")) {
    control.setAttribute("data-lm-suppress-shortcuts", "true"); // JupyterLab would take the arrow keys of a list
    const label = control.closest(".widget-slider")?.querySelector("label"); // that of the slider
    if (label) control.setAttribute("aria-label", label.textContent);
  }
}

/** Once for each model, however often it is shown: save the file that the kernel sends. */
function initialize({ model }) {
  model.on("msg:custom", ({ save }, [content]) => {
    const href = URL.createObjectURL(new Blob([content]));
    make(null, "a", { href, download: save }).click();
    setTimeout(() => URL.revokeObjectURL(href), 60_000);
  });
}

function render({ model, el }) {
  el.classList.add("vq-view");
  const put = (values) => (model.set(values), model.save_changes());
  const [status, alert] = ["status", "alert"].map((role) => make(el, "p", { className: `vq-${role}` }, { role }));
  const body = make(el, "div", { className: "vq-columns" });
  const columns = model.get("columns").map((column) => [make(body, "div"), column]);
  const places = columns.flatMap(([pile, column]) => column.map((spot) => makePlace(pile, spot)));
  if (model.get("upload_limit")) makeUpload(model.get("upload_limit"));
  function makePlace(pile, spot) {
    const [figure, style] = [make(pile, "figure"), `width: ${spot.width}px; height: ${spot.height}px`];
    make(figure, "figcaption", { textContent: spot.title });
    const box = make(figure, "div", { className: "vq-box", style });
    const canvas = make(box, "canvas", { style }, { role: "img" });
    if (spot.pointer) onDrag(canvas, (down, now) => put({ pointer: { down, now } }));
    if (!spot.divider) return { spot, canvas };
    const divide = (split) => put({ split: Math.min(100, Math.max(0, Math.round(split))) });
    const line = make(box, "div", { className: "vq-divider" });
    const label = make(figure, "label", { textContent: `${spot.divider} ` });
    const range = make(label, "input", { type: "range" });
    range.addEventListener("input", () => divide(range.valueAsNumber));
    onDrag(canvas, (_, now) => divide((100 * now[0]) / canvas.clientWidth));
    return { spot, canvas, line, range };
  }
  function makeUpload(limit) { // of bytes: Jupyter drops a large message without a word
    const label = make(el, "label", { textContent: `own picture, up to ${limit / 1e6} MB ` });
    const input = make(label, "input", { type: "file", accept: "image/*" });
    input.addEventListener("change", async () => {
      const [file] = input.files;
      const [most, got] = [limit, file?.size ?? 0].map((count) => count.toLocaleString("en"));
      if (file?.size > limit) put({ failed: true, said: `own picture must have at most ${most} bytes, got ${got}` });
      else if (file) model.send({ upload: file.name }, undefined, [await file.arrayBuffer()]);
      input.value = ""; // so that the same file can be chosen again
    });
  }
  let [grounds, stills, bitmaps, bases, painted] = [null, null, {}, {}, 0];
  async function paint() {
    const before = [grounds, stills];
    while (grounds !== model.get("grounds")) {
      grounds = model.get("grounds");
      const found = Object.entries(grounds).map(async ([name, png]) => [name, await createImageBitmap(new Blob([png]))]);
      bitmaps = Object.fromEntries(await Promise.all(found));
    }
    stills = model.get("stills");
    const [frame, split, failed, said, busy] = "frame split failed said busy".split(" ").map((name) => model.get(name));
    const fresh = grounds !== before[0] || stills !== before[1];
    if (fresh) bases = {};
    for (const { spot, canvas, line, range } of places) {
      const [base, part] = [stills[spot.still], frame[spot.name]]; // without a part it stands still altogether
      if (bitmaps[spot.still]) {
        bases[spot.still] ??= paintDrawing(make(null, "canvas"), spot, bitmaps[spot.still], base?.marks);
        paintDrawing(canvas, spot, bases[spot.still], part?.marks);
      } else if (part || (base && fresh)) paintPicture(canvas, base ?? part, part ?? base, spot.divider ? split : 0);
      canvas.setAttribute("aria-label", (part ?? base)?.alt ?? "");
      if (range) [range.value, line.style.left] = [split, `${(canvas.clientWidth * split) / 100}px`];
    }
    [status.textContent, alert.textContent] = failed ? ["", said] : [busy ? `${said} … Still at work.` : said, ""];
    el.dataset.painted = ++painted; // the tests wait for it
  }
  let [turn, waiting, later] = [Promise.resolve(), false, null];
  function update() {
    if (!waiting) turn = turn.then(() => ((waiting = false), paint())).catch((error) => (alert.textContent = error));
    waiting = true;
  }
  const watched = "change:grounds change:stills change:frame change:split change:failed change:said change:busy";
  model.on(watched, update);
  update();
  const placed = setInterval(() => {
    if (!el.isConnected) return; // not on the page yet
    const panel = el.parentElement;
    nameHandles(panel); // those that are there, and those that come later
    later = new MutationObserver(() => nameHandles(panel));
    later.observe(panel, { childList: true, subtree: true });
    clearInterval(placed);
  }, 50);
  return () => (model.off(watched, update), later?.disconnect(), clearInterval(placed));
}

export default { initialize, render };
