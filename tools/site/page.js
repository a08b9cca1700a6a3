// On every page: what scrolls sideways can be reached by the Tab key, and then moved by the arrows.

const SCROLLING = "pre, .table, .formula, .text p:has(> math)";

function nameWhatScrolls() {
  for (const box of document.querySelectorAll(SCROLLING)) {
    if (box.scrollWidth > box.clientWidth) box.tabIndex = 0;
    else box.removeAttribute("tabindex");
  }
}

window.addEventListener("resize", nameWhatScrolls);
nameWhatScrolls();
