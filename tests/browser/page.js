// What the tests ask of a page: lab.py puts these functions on every one, as `vqTests`.

/** Everything that the view of a panel shows; null until it has been painted. */
async function seen(panel) {
  const view = panel.querySelector(".vq-view");
  if (!view?.dataset.painted) return null;
  const status = textOf(view, "status");
  const alert = textOf(view, "alert");
  const looks = [...view.querySelectorAll("canvas")].map(seenOf); // all before anything is painted
  return { status, alert, canvases: await Promise.all(looks) };
}

async function seenOf(canvas) {
  return {
    width: canvas.width,
    height: canvas.height,
    shown: [canvas.clientWidth, canvas.clientHeight],
    alt: canvas.getAttribute("aria-label"),
    digest: await digestOf(bytesOf(canvas)),
  };
}

const paintings = new WeakMap();

/** From now on keep what the view of a panel shows each time that it has painted. */
function record(panel) {
  const kept = [];
  const observer = new MutationObserver(() => kept.push(seen(panel)));
  observer.observe(panel.querySelector(".vq-view"), { attributeFilter: ["data-painted"] });
  paintings.set(panel, kept);
}

/** All that was kept since then. */
function recorded(panel) {
  return Promise.all(paintings.get(panel));
}

async function digestOf(bytes) {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return [...digest].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Red, green, blue and opacity of each pixel. */
function bytesOf(canvas) {
  return canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
}

function textOf(panel, role) {
  return panel.querySelector(`[role=${role}]`)?.textContent;
}

/** What stands in the status line, and in the lists, numbers and boxes of the controls. */
function words(panel) {
  const lists = [];
  for (const list of panel.querySelectorAll("select")) {
    const chosen = list.selectedOptions[0];
    lists.push(chosen ? chosen.textContent.replaceAll("\u00a0", " ") : null);
  }
  const numbers = [...panel.querySelectorAll(".widget-readout")].map((one) => one.textContent);
  const typed = [...panel.querySelectorAll("input[type=text]")].map((box) => box.value);
  return { status: textOf(panel, "status"), lists, numbers, typed };
}

/** The bytes of a canvas of the view, as base64. */
function pixels(panel, number) {
  const bytes = bytesOf(panel.querySelectorAll(".vq-view canvas")[number]);
  let text = "";
  for (let at = 0; at < bytes.length; at += 32768) {
    text += String.fromCharCode(...bytes.subarray(at, at + 32768));
  }
  return btoa(text);
}

let lastBusy = 0;

/** Begin to watch whether the cells of the notebook have run. */
function startRun() {
  lastBusy = performance.now();
}

/** Whether for a while no cell has been waiting or running, or one has failed. */
function hasRun() {
  if (!isIdle()) lastBusy = performance.now();
  return errors().length > 0 || performance.now() - lastBusy > 700;
}

/** The failures of cells, in words. JupyterLab shows warnings alike, so words tell them apart. */
function errors() {
  const outputs = document.querySelectorAll('.jp-Notebook [data-mime-type$="jupyter.stderr"]');
  const texts = [...outputs].map((output) => output.textContent);
  return texts.filter((text) => /Error|Traceback/.test(text));
}

function isIdle() {
  const indicator = document.querySelector(".jp-Notebook-ExecutionIndicator");
  return indicator.dataset.status === "idle" && cellsHaveNumbers();
}

function cellsHaveNumbers() {
  for (const cell of document.querySelectorAll(".jp-Notebook .jp-CodeCell")) {
    const prompt = cell.querySelector(".jp-InputArea-prompt"); // a folded cell has none
    if (prompt && !/^\[\d+\]:$/.test(prompt.textContent.trim())) return false;
  }
  return true;
}

window.vqTests = { seen, record, recorded, words, pixels, startRun, hasRun, errors };
