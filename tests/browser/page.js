// What the tests ask of a page: lab.py puts these functions on every one, as `vqTests`.

/** Everything that the view of a panel shows; null until it has been painted. */
async function seen(panel) {
  const view = panel.querySelector(".vq-view");
  if (!view?.dataset.painted) return null;
  const canvases = [];
  for (const canvas of view.querySelectorAll("canvas")) canvases.push(await seenOf(canvas));
  return { status: textOf(view, "status"), alert: textOf(view, "alert"), canvases };
}

async function seenOf(canvas) {
  return {
    width: canvas.width,
    height: canvas.height,
    digest: await digestOf(bytesOf(canvas)),
    shown: [canvas.clientWidth, canvas.clientHeight],
    alt: canvas.getAttribute("aria-label"),
  };
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

/** What stands in the status line, and in the lists and numbers of the controls. */
function words(panel) {
  const lists = [];
  for (const list of panel.querySelectorAll("select")) {
    const chosen = list.selectedOptions[0];
    lists.push(chosen ? chosen.textContent.replaceAll("\u00a0", " ") : null);
  }
  const numbers = [...panel.querySelectorAll(".widget-readout")].map((one) => one.textContent);
  return { status: textOf(panel, "status"), lists, numbers };
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

window.vqTests = { seen, words, pixels, startRun, hasRun, errors };
