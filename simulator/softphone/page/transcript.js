// What was heard and done in a call, line by line.

import { attribute, h } from "./dom.js";
import { lines } from "./feed.js";
import { current, t } from "./words.js";

const PLAIN = { ringback: "ringback", screening: "screening", tone: "tone" };

export function makeTranscript() {
  const list = h("ol");
  const element = h("div", { class: "heard", role: "log", tabindex: "0" }, list);
  let shownOf = "";
  const rows = new Map(); // line -> {row, state}

  function update(call, label) {
    attribute(element, "aria-label", label);
    const of = `${call?.id} ${current()}`;
    if (of !== shownOf) {
      shownOf = of;
      rows.clear();
      list.replaceChildren();
    }
    const atEnd = element.scrollHeight - element.scrollTop - element.clientHeight < 40;
    let grown = false;
    for (const line of lines(call)) {
      const state = `${line.over} ${line.cut}`;
      const before = rows.get(line.id);
      if (before?.state === state) continue;
      if (before) {
        marks(before.row, line);
        before.state = state;
        continue;
      }
      const row = draw(line);
      marks(row, line);
      rows.set(line.id, { row, state });
      list.append(row);
      grown = true;
    }
    element.hidden = !list.children.length;
    if (grown && atEnd) element.scrollTop = element.scrollHeight;
  }

  return { element, update };
}

function marks(row, line) {
  row.classList.toggle("now", !line.over && ["speech", "file", "talk"].includes(line.kind));
  row.classList.toggle("cut", line.cut);
  row.hidden = line.kind === "screening" && line.over; // of no length where nobody is asked
}

function draw(line) {
  switch (line.kind) {
    case "speech":
      return h("li", { class: "speech", lang: line.language || null }, line.text);
    case "talk":
      return h("li", { class: "talk" }, line.text || t("talk"));
    case "file":
      return h("li", { class: "sound" }, `♪ ${line.text.includes("/") ? line.text.split("/").at(-1) : t("music")}`);
    case "pressed":
      return h("li", { class: "pressed" }, h("kbd", {}, line.text), h("span", { class: "unseen" }, ` ${t("pressed", line.text)}`));
    case "spoke":
      return h("li", { class: "spoke" }, t("says", line.text));
    case "joined":
    case "left":
      return h("li", { class: "sound" }, t(line.kind, line.text));
    case "ended":
      return h("li", { class: "sound" }, t("ended", t("statuses")[line.text] ?? line.text));
    default:
      return h("li", { class: "sound" }, t(PLAIN[line.kind] ?? "tone"));
  }
}
