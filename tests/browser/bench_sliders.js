// Times one slider on the page, from the press of a key to the painted picture, and counts the
// frames without one. bench_sliders.py loads this file and calls what stands in `vqBench`.

const PATIENCE = 15_000; // milliseconds; after that a move is given up

let watched = null;

/** Watch the slider in this part of the page, and nothing else any more. */
function watch(root, { kind, looking }) {
  watched?.stop();
  const state = { keyDown: 0, painted: 0, changes: 0, frames: 0, bareFrames: 0, going: true };

  const painted = (time) => {
    state.painted = time;
    state.changes += 1;
    state.answer?.(time - state.keyDown);
    state.answer = null;
  };
  const onKey = (event) => {
    if (!event.repeat) state.keyDown = event.timeStamp;
  };
  const observer = kind === "ours" ? observePanel(root, painted) : observeImages(root, painted);
  document.addEventListener("keydown", onKey, true);
  if (looking) countFrames(root, state);

  state.stop = () => {
    observer.disconnect();
    document.removeEventListener("keydown", onKey, true);
    state.going = false;
  };
  watched = state;
}

/** One of our panels says by an attribute that it has painted; it counts if anything looks new. */
function observePanel(root, painted) {
  let before = fingerprint(root);
  const look = (time) => {
    const now = fingerprint(root);
    if (now !== before) painted(time);
    before = now;
  };
  const observer = new MutationObserver(() => afterThisFrame(look));
  observer.observe(root, { subtree: true, attributeFilter: ["data-painted"] });
  return observer;
}

/** A number for each canvas of a panel, and its sentence: others, if it looks other. */
function fingerprint(root) {
  const sums = [...root.querySelectorAll(".vq-view canvas")].map(sumOf);
  return [...sums, root.querySelector(".vq-view [role=status]").textContent].join();
}

function sumOf(canvas) {
  const { width, height } = canvas;
  const { data } = canvas.getContext("2d").getImageData(0, 0, width, height);
  let sum = 0;
  for (const pixel of new Uint32Array(data.buffer)) sum = (Math.imul(sum, 31) + pixel) | 0;
  return sum;
}

/** Others exchange images or their sources; what is new counts once it is decoded. */
function observeImages(root, painted) {
  let before = sources(root);
  const observer = new MutationObserver(() => {
    const images = imagesIn(root);
    if (!images.length || sources(root) === before) return;
    before = sources(root);
    whenDecoded(images, () => afterThisFrame(painted));
  });
  observer.observe(root, { subtree: true, attributeFilter: ["src"], childList: true });
  return observer;
}

/** Images that are exchanged meanwhile do not count. */
async function whenDecoded(images, callback) {
  try {
    await Promise.all(images.map((image) => image.decode()));
  } catch {
    return;
  }
  callback();
}

function imagesIn(root) {
  return [...root.querySelectorAll("img")];
}

function sources(root) {
  return imagesIn(root)
    .map((image) => image.src)
    .join();
}

/** Call back, with the time, once the next frame is painted: a message posted in it arrives then. */
function afterThisFrame(callback) {
  requestAnimationFrame(() => {
    const channel = new MessageChannel();
    channel.port1.onmessage = () => callback(performance.now());
    channel.port2.postMessage(0);
  });
}

/** Count the frames, and those in which an image or a canvas has nothing to show. */
function countFrames(root, state) {
  const look = () => {
    if (!state.going) return;
    state.frames += 1;
    if (isBare(root)) state.bareFrames += 1;
    requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
}

function isBare(root) {
  const empty = (image) => !image.complete || image.naturalWidth === 0;
  const transparent = (canvas) => {
    const x = canvas.width >> 1;
    const y = canvas.height >> 1;
    return canvas.getContext("2d").getImageData(x, y, 1, 1).data[3] !== 255;
  };
  return imagesIn(root).some(empty) || [...root.querySelectorAll("canvas")].some(transparent);
}

/** To be called before a key is pressed. */
function expectMove() {
  watched.changes = 0;
  watched.move = new Promise((resolve) => {
    watched.answer = resolve;
  });
}

/** Milliseconds from that key to the picture, or null if there is none in time. */
function moved() {
  return Promise.race([watched.move, afterPatience()]);
}

function afterPatience() {
  return new Promise((resolve) => setTimeout(resolve, PATIENCE, null));
}

/** How often the picture has changed since then. */
function changes() {
  return watched.changes;
}

/** Milliseconds for which neither a key was pressed nor a picture painted. */
function quietFor() {
  return performance.now() - Math.max(watched.painted, watched.keyDown);
}

/** Of the moves since `watch`: from the last key to the last picture, and the share of bare frames. */
function burst() {
  return [watched.painted - watched.keyDown, watched.bareFrames / Math.max(1, watched.frames)];
}

/** To be called before a cell is run; `opened` then says when its new panel was painted. */
function expectPanel(cell) {
  const start = performance.now();
  const old = cell.querySelector(".vq-view");
  const painted = new Promise((resolve) => {
    const look = () => {
      const view = cell.querySelector(".vq-view");
      if (view && view !== old && view.dataset.painted) resolve(performance.now() - start);
      else requestAnimationFrame(look);
    };
    look();
  });
  window.vqBench.panel = painted;
}

/** Milliseconds until that panel was painted, or null if it is not in time. */
function opened() {
  return Promise.race([window.vqBench.panel, afterPatience()]);
}

window.vqBench = { watch, expectMove, moved, changes, quietFor, burst, expectPanel, opened };
