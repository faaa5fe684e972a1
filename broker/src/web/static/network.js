// Zooming and moving the drawing of the network, and showing what one application talks to.

const svg = document.getElementById("network");
const drawing = document.getElementById("drawing");

// Below this, names cannot be read.
const LEGIBLE = 0.72;

// What part of the drawing is seen, in its own units.
function setUpZoom() {
  const [, , width, height] = svg.getAttribute("viewBox").split(" ").map(Number);
  const view = { x: 0, y: 0, width, height };
  const show = () => svg.setAttribute("viewBox", `${view.x} ${view.y} ${view.width} ${view.height}`);
  const canvas = svg.parentElement;
  const box = () => svg.getBoundingClientRect();
  // the room it takes when it is as wide as the page, within what a window shows; a small drawing is not blown up
  const size = () => {
    const scale = Math.max(Math.min(canvas.clientWidth / width, 1.1), LEGIBLE);
    const tallest = Math.max(innerHeight * 0.82, 320);
    canvas.style.height = `${Math.round(Math.min(Math.max(height * scale + 24, 200), tallest))}px`;
  };
  // all of it when it can be read then; otherwise what is in focus, or where its lines begin
  const fit = (smallest = 0) => {
    const { width: w, height: h } = box();
    const scale = Math.max(Math.min(w / width, h / height, 1.1), smallest);
    view.width = w / scale;
    view.height = h / scale;
    const middle = svg.querySelector(".focus rect");
    const at = (name, size) => (middle ? Number(middle.getAttribute(name)) + size : null);
    const place = (whole, seen, centre) => {
      if (whole <= seen) return (whole - seen) / 2;
      return centre === null ? -8 : Math.min(Math.max(centre - seen / 2, -8), whole - seen + 8);
    };
    view.x = place(width, view.width, at("x", 60));
    view.y = place(height, view.height, at("y", 11));
  };
  // `at` stays where it is: fractions of the visible part
  const zoom = (factor, at = { x: 0.5, y: 0.5 }) => {
    const next = Math.min(Math.max(view.width * factor, 200), Math.max(width * 1.5, box().width));
    const real = next / view.width;
    view.x += view.width * at.x * (1 - real);
    view.y += view.height * at.y * (1 - real);
    view.width *= real;
    view.height *= real;
  };

  svg.addEventListener("wheel", (event) => {
    event.preventDefault();
    const { left, top, width: w, height: h } = box();
    zoom(event.deltaY > 0 ? 1.2 : 1 / 1.2, { x: (event.clientX - left) / w, y: (event.clientY - top) / h });
    show();
  }, { passive: false });

  let grip = null;
  svg.addEventListener("pointerdown", (event) => {
    grip = { x: event.clientX, y: event.clientY, moved: false };
  });
  addEventListener("pointermove", (event) => {
    if (!grip) return;
    const [dx, dy] = [event.clientX - grip.x, event.clientY - grip.y];
    if (!grip.moved && Math.hypot(dx, dy) < 4) return;
    const { width: w, height: h } = box();
    const scale = Math.max(view.width / w, view.height / h);
    view.x -= dx * scale;
    view.y -= dy * scale;
    grip = { x: event.clientX, y: event.clientY, moved: true };
    show();
  });
  addEventListener("pointerup", () => setTimeout(() => { grip = null; }));
  // moving the drawing by a link is no click on it
  svg.addEventListener("click", (event) => { if (grip?.moved) event.preventDefault(); }, true);
  svg.addEventListener("dragstart", (event) => event.preventDefault());

  const buttons = document.getElementById("zoom");
  buttons.hidden = false;
  buttons.addEventListener("click", (event) => {
    const what = event.target.dataset.zoom;
    if (what === "fit") fit();
    else if (what) zoom(what === "in" ? 1 / 1.4 : 1.4);
    show();
  });
  drawing.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
    if (step) {
      view.x += step[0] * view.width * 0.1;
      view.y += step[1] * view.height * 0.1;
    } else if (event.key === "+" || event.key === "-") {
      zoom(event.key === "+" ? 1 / 1.2 : 1.2);
    } else if (event.key === "0") {
      fit();
    } else {
      return;
    }
    event.preventDefault();
    show();
  });
  drawing.classList.add("zoomable");
  const begin = () => {
    size();
    fit(LEGIBLE);
    show();
  };
  begin();
  let across = innerWidth;
  addEventListener("resize", () => {
    if (across !== innerWidth) begin();
    across = innerWidth;
  });
}

// Under the pointer or the focus, an application and what it talks to stand out.
function setUpLighting() {
  const light = (node) => {
    const place = node.id.slice(1);
    const lines = svg.querySelectorAll(`path[id^="e${place}-"], path[id$="-${place}"]`);
    const near = new Set([place]);
    for (const line of lines) {
      line.classList.add("lit");
      line.id.slice(1).split("-").forEach((end) => near.add(end));
    }
    for (const other of near) document.getElementById(`n${other}`)?.classList.add("lit");
    svg.classList.add("lit");
  };
  const dim = () => {
    svg.classList.remove("lit");
    for (const lit of svg.querySelectorAll(".lit")) lit.classList.remove("lit");
  };
  for (const [on, off] of [["mouseover", "mouseout"], ["focusin", "focusout"]]) {
    svg.addEventListener(on, (event) => {
      const node = event.target.closest("a[id]");
      if (node) light(node);
    });
    svg.addEventListener(off, dim);
  }
}

if (svg && drawing) {
  setUpZoom();
  setUpLighting();
}
