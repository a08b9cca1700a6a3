// How webkit.py finds elements and learns what goes wrong on a page: it puts this on every one.

const OF_ROLE = {
  alert: "[role=alert]",
  button: "button, [role=button]",
  menubar: "[role=menubar]",
  menuitem: "[role=menuitem]",
  slider: "[role=slider], input[type=range]",
  status: "[role=status]",
  textbox: "input[type=text]",
};

// Each leads from the elements that are found so far to the next ones.
const STEPS = {
  css: (here, selector) => inside(here, selector),
  xpath: (here, path) => here.flatMap((one) => byPath(one, path)),
  role: (here, role, name) => inside(here, OF_ROLE[role]).filter((one) => hasName(one, name)),
  label: (here, name) => inside(here, "select, input").filter((one) => hasName(one, name)),
  text: (here, text) => here.filter((one) => one.textContent.includes(text)),
  nth: (here, number) => here.slice(number).slice(0, 1),
};

/** The elements to which a chain of steps leads. */
function found(steps) {
  let here = [document];
  for (const [how, ...what] of steps) here = STEPS[how](here, ...what);
  return here;
}

function inside(here, selector) {
  return here.flatMap((one) => [...one.querySelectorAll(selector)]);
}

function byPath(from, path) {
  const type = XPathResult.ORDERED_NODE_SNAPSHOT_TYPE;
  const result = document.evaluate(path, from, null, type, null);
  return Array.from({ length: result.snapshotLength }, (_, at) => result.snapshotItem(at));
}

/** Whether an element has this name for a screen reader; every one has if none is asked for. */
function hasName(element, name) {
  return name === null || nameOf(element) === name;
}

function nameOf(element) {
  const given = element.getAttribute("aria-label");
  const label = element.labels?.[0];
  return (given ?? label?.textContent ?? element.textContent).trim();
}

const complaints = [];

/** Note every failure from now on, in the words of lab.py. */
function listen() {
  const note = (event) => complaints.push(`page error: ${event.reason ?? event.message}`);
  addEventListener("error", note);
  addEventListener("unhandledrejection", note);
  const write = console.error;
  console.error = (...words) => {
    complaints.push(`console: ${words.join(" ")}`);
    write.apply(console, words);
  };
}

/** What failed, and what was asked of another server than that of the page. */
function allComplaints() {
  const asked = performance.getEntriesByType("resource").map((entry) => entry.name);
  const foreign = asked.filter((url) => !url.startsWith(`${location.origin}/`));
  const far = foreign.filter((url) => !/^(data|blob):/.test(url));
  return [...complaints, ...far.map((url) => `request: ${url}`)];
}

listen();
window.vqFind = { found, allComplaints };
