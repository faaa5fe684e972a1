// What keeps people with a screen reader, a keyboard or weak eyes from using the page, one sentence each; after the
// success criteria of WCAG 2.2, levels A and AA, that a program can decide.
(() => {
  const problems = [];
  const where = (element) => {
    const name = element.tagName.toLowerCase() + (element.id ? `#${element.id}` : "");
    return `${name} «${(element.textContent || element.value || "").trim().slice(0, 40)}»`;
  };
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const shown = (element) => element.checkVisibility({ visibilityProperty: true, opacityProperty: false });

  // 4.1.2, 2.4.4, 1.1.1, 1.3.1: everything that is operated or stands for something has a name
  const text = (element) => {
    if (element.getAttribute?.("aria-hidden") === "true" || element.hidden) return "";
    if (element.nodeType === Node.TEXT_NODE) return element.data;
    if (element.tagName === "IMG") return element.alt;
    return [...element.childNodes].map(text).join("");
  };
  const byIds = (ids) => ids.split(/\s+/).map((id) => document.getElementById(id)?.textContent || "").join(" ");
  const name = (element) => {
    const labelled = element.getAttribute("aria-labelledby");
    const own = (labelled && byIds(labelled)) || element.getAttribute("aria-label");
    const labels = element.labels ? [...element.labels].map(text).join(" ") : "";
    const content = ["INPUT", "SELECT", "TEXTAREA"].includes(element.tagName) ? "" : text(element);
    return (own || labels || content || element.title || "").trim();
  };
  for (const element of all("a[href], button, input:not([type=hidden]), select, textarea, summary, [role=button], [role=img], [role=group], nav, dialog")) {
    if (shown(element) && !name(element)) problems.push(`no name: ${where(element)}`);
  }
  for (const image of all("img")) if (!image.hasAttribute("alt")) problems.push(`no alt: ${where(image)}`);
  for (const frame of all("iframe")) if (!frame.title) problems.push(`no title: ${where(frame)}`);

  // 4.1.1, 4.1.2: roles and references exist
  const roles = ["alert", "button", "checkbox", "dialog", "group", "img", "link", "list", "listitem", "navigation", "note",
    "presentation", "region", "search", "status", "tab", "table", "tooltip"];
  for (const element of all("[role]")) {
    if (!roles.includes(element.getAttribute("role"))) problems.push(`unknown role: ${where(element)}`);
  }
  for (const attribute of ["aria-labelledby", "aria-describedby", "aria-controls", "for", "list"]) {
    for (const element of all(`[${attribute}]`)) {
      const missing = element.getAttribute(attribute).split(/\s+/).filter((id) => !document.getElementById(id));
      if (missing.length) problems.push(`${attribute} leads nowhere (${missing}): ${where(element)}`);
    }
  }
  const ids = all("[id]").map((element) => element.id);
  for (const id of new Set(ids.filter((id, index) => ids.indexOf(id) !== index))) problems.push(`id used twice: ${id}`);
  for (const element of all("[aria-hidden=true]")) {
    if (all("a[href], button, input, select, textarea, [tabindex]", element).length) problems.push(`hidden but operable: ${where(element)}`);
  }
  for (const element of all("[tabindex]")) if (element.tabIndex > 0) problems.push(`changes the order of keys: ${where(element)}`);

  // 3.1.1, 2.4.2, 1.3.1, 2.4.1: the page and its parts
  if (!document.documentElement.lang) problems.push("the page has no language");
  if (!document.title.trim()) problems.push("the page has no title");
  for (const [selector, what] of [["main", "main part"], ["h1", "first heading"], ["header", "header"]]) {
    const found = all(selector).filter((element) => selector !== "header" || element.parentElement === document.body).length;
    if (found !== 1) problems.push(`${found} elements are the ${what}`);
  }
  const skip = document.querySelector("a[href^='#']");
  if (!skip || !document.querySelector(skip.getAttribute("href"))) problems.push("no link skips what every page begins with");
  const navigation = all("nav").filter(shown).map(name);
  if (new Set(navigation).size !== navigation.length) problems.push(`navigations share a name: ${navigation}`);
  let level = 0;
  for (const heading of all("h1, h2, h3, h4, h5, h6").filter(shown)) {
    const own = Number(heading.tagName[1]);
    if (own > level + 1) problems.push(`a heading skips a level: ${where(heading)}`);
    level = own;
    if (!text(heading).trim()) problems.push(`an empty heading: ${where(heading)}`);
  }
  for (const list of all("ul, ol")) {
    if ([...list.children].some((child) => !["LI", "SCRIPT", "TEMPLATE"].includes(child.tagName))) problems.push(`a list of other things than entries: ${where(list)}`);
  }
  for (const list of all("dl")) {
    if ([...list.children].some((child) => !["DIV", "DT", "DD"].includes(child.tagName))) problems.push(`a description list of other things: ${where(list)}`);
  }
  for (const table of all("table")) {
    const heads = all("thead th", table);
    if (!heads.length || heads.some((head) => head.scope !== "col" || !text(head).trim())) problems.push(`columns without names: ${where(table)}`);
  }

  // 2.1.1: what scrolls can be scrolled with keys
  for (const element of all("main *")) {
    const style = getComputedStyle(element);
    const scrolls = (element.scrollWidth > element.clientWidth + 1 && ["auto", "scroll"].includes(style.overflowX))
      || (element.scrollHeight > element.clientHeight + 1 && ["auto", "scroll"].includes(style.overflowY));
    if (scrolls && shown(element) && element.tabIndex < 0 && !all("a[href], button, input, [tabindex='0']", element).length) {
      problems.push(`scrolls, but not with keys: ${where(element)}`);
    }
  }

  // 1.4.3: contrast
  const parse = (colour) => {
    const parts = colour.match(/[\d.]+/g)?.map(Number) ?? [0, 0, 0, 0];
    return { r: parts[0], g: parts[1], b: parts[2], a: parts[3] ?? 1 };
  };
  const over = (top, below) => {
    const mix = (one, other) => one * top.a + other * (1 - top.a);
    return { r: mix(top.r, below.r), g: mix(top.g, below.g), b: mix(top.b, below.b), a: 1 };
  };
  const paper = (element) => {
    const layers = [];
    for (let at = element; at; at = at.parentElement) {
      const style = getComputedStyle(at);
      // a name in the drawing stands on its own box
      const box = at.tagName === "text" && at.parentElement.querySelector("rect");
      const colour = parse(box ? getComputedStyle(box).fill : style.backgroundColor);
      if (colour.a > 0) layers.push(colour);
      if (colour.a === 1) break;
    }
    return layers.reverse().reduce((below, top) => over(top, below), { r: 255, g: 255, b: 255, a: 1 });
  };
  const light = ({ r, g, b }) => {
    const channel = (value) => (value / 255 <= 0.04045 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4);
    return 0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b);
  };
  const contrast = (one, other) => {
    const [bright, dark] = [light(one), light(other)].sort((a, b) => b - a);
    return (bright + 0.05) / (dark + 0.05);
  };
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const told = new Set();
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    if (!walker.currentNode.data.trim() || ["SCRIPT", "STYLE", "TITLE", "OPTION"].includes(element.tagName) || !shown(element)) continue;
    if (element.closest("datalist")) continue;
    const style = getComputedStyle(element);
    const below = paper(element);
    const colour = over(parse(element instanceof SVGElement ? style.fill : style.color), below);
    const size = parseFloat(style.fontSize);
    const large = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
    const ratio = contrast(colour, below);
    if (ratio < (large ? 3 : 4.5)) {
      const sentence = `contrast ${ratio.toFixed(2)}: ${where(element)} .${element.getAttribute("class")}`;
      const kind = `${element.tagName}.${element.getAttribute("class")}`;
      if (!told.has(kind)) problems.push(sentence);
      told.add(kind);
    }
  }
  return problems;
})()
