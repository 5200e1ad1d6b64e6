// Elements in one line each, and changes that leave alone what has not changed.

/** `h("button", {type: "button", onclick}, "text", child)` */
export function h(tag, given = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(given)) {
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else if (value === true) made.setAttribute(name, "");
    else if (value !== false && value != null) made.setAttribute(name, value);
  }
  made.append(...children.filter((child) => child != null));
  return made;
}

export function words(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

export function attribute(element, name, value) {
  if (element.getAttribute(name) !== value) element.setAttribute(name, value);
}

/** These children, in this order; whoever has the focus keeps it. */
export function arrange(parent, children) {
  const focused = document.activeElement;
  children.forEach((child, place) => {
    if (parent.children[place] !== child) parent.insertBefore(child, parent.children[place] ?? null);
  });
  while (parent.children.length > children.length) parent.lastElementChild.remove();
  if (focused && focused !== document.activeElement && focused.isConnected) focused.focus({ preventScroll: true });
}

/** A select with [value, label] pairs, or {group, options}; keeps what is chosen. */
export function options(select, entries) {
  const said = JSON.stringify(entries);
  if (select.dataset.said === said) return;
  select.dataset.said = said;
  const chosen = select.value;
  const option = ([value, label]) => h("option", { value }, label);
  select.replaceChildren(
    ...entries.map((one) => (Array.isArray(one) ? option(one) : h("optgroup", { label: one.group }, ...one.options.map(option)))),
  );
  if ([...select.options].some((one) => one.value === chosen)) select.value = chosen;
}
