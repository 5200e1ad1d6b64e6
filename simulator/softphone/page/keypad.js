// Twelve keys, one stop of the Tab key: typed digits press them, arrows move among them.

import { attribute, h } from "./dom.js";
import { t } from "./words.js";

const KEYS = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "*", "0", "#"];
const LETTERS = { 2: "ABC", 3: "DEF", 4: "GHI", 5: "JKL", 6: "MNO", 7: "PQRS", 8: "TUV", 9: "WXYZ" };
const MOVES = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -3, ArrowDown: 3 };

/** `presses(key)` is called for every key. */
export function makeKeypad(presses) {
  const buttons = KEYS.map((key, place) =>
    h(
      "button",
      { type: "button", "data-key": key, tabindex: place ? "-1" : "0", onclick: () => pressed(key) },
      h("span", {}, key),
      LETTERS[key] ? h("small", { "aria-hidden": "true" }, LETTERS[key]) : null,
    ),
  );
  const element = h("div", { class: "keypad", role: "group" }, ...buttons);

  function pressed(key) {
    const button = buttons[KEYS.indexOf(key)];
    button.classList.add("down");
    setTimeout(() => button.classList.remove("down"), 140);
    presses(key);
  }

  function stops(place) {
    buttons.forEach((button, other) => (button.tabIndex = other === place ? 0 : -1));
    buttons[place].focus();
  }

  element.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const place = buttons.indexOf(document.activeElement);
    if (KEYS.includes(event.key)) pressed(event.key);
    else if (event.key in MOVES && buttons[place + MOVES[event.key]]) stops(place + MOVES[event.key]);
    else return;
    event.preventDefault();
  });

  function update(name, isOn) {
    attribute(element, "aria-label", t("keypad", name));
    for (const button of buttons) {
      attribute(button, "aria-label", t("key", button.dataset.key));
      button.disabled = !isOn;
    }
  }

  return { element, update, focus: () => buttons.find((button) => button.tabIndex === 0).focus() };
}
