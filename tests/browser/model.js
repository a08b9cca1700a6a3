// A model for view.js on an empty page: the test is the kernel, and moves the only control.

class TestModel {
  /** @param {Record<string, unknown>} state */
  constructor(state) {
    this.state = state;
    this.listeners = [];
    this.sent = [];
    this.widget_manager = { get_model: async (id) => vqModels[id] };
  }

  get(name) {
    return this.state[name];
  }

  set(name, value) {
    this.change({ [name]: value });
  }

  /** All that one message brings, as Backbone tells it. */
  change(state) {
    const names = Object.keys(state).filter((name) => this.state[name] !== state[name]);
    if (names.length === 0) return;
    Object.assign(this.state, state);
    const events = [...names.map((name) => `change:${name}`), "change"];
    for (const event of events) {
      for (const [heard, answer] of [...this.listeners]) {
        if (heard.split(" ").includes(event)) answer();
      }
    }
  }

  on(events, answer) {
    this.listeners.push([events, answer]);
  }

  off(events, answer) {
    this.listeners = this.listeners.filter(
      ([heard, other]) => heard !== events || other !== answer,
    );
  }

  save_changes() {}

  send(content) {
    this.sent.push(content);
  }
}

/** @type {Record<string, TestModel>} */
const vqModels = {};

/** Numbers in a list with the name `bytes` become bytes, wherever they are. */
function withBytes(value) {
  if (Array.isArray(value)) return value.map(withBytes);
  if (!(value instanceof Object)) return value;
  if (value.bytes) return new DataView(new Uint8Array(value.bytes).buffer);
  const entries = Object.entries(value).map(([name, each]) => [name, withBytes(each)]);
  return Object.fromEntries(entries);
}

/** Show a view of this state, and one control at this position. */
async function showView({ source, state, position }) {
  const url = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
  const { default: view } = await import(url);
  vqModels.view = new TestModel(withBytes(state));
  vqModels.control = new TestModel({ value: position });
  view.render({ model: vqModels.view, el: document.querySelector("#view") });
}

globalThis.vqModel = {
  showView,
  kernel: (state) => vqModels.view.change(withBytes(state)),
  move: (position) => vqModels.control.change({ value: position }),
};
