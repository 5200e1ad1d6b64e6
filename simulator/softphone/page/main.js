// The page as a whole: who one is, dialling, the story of the call, what went wrong, and the drawing of it all.

import { h, options, words } from "./dom.js";
import { act, callOf, connect, connected, isRinging, known, onChange, setting } from "./feed.js";
import { makeInstrument } from "./instrument.js";
import { beginLog, updateLog } from "./log.js";
import { goToRinging, tickPhones, updatePhones } from "./phones.js";
import { hears, listenTo, switches, toggle } from "./speech.js";
import { current, refusal, shown, switchLanguage, t, translatePage } from "./words.js";

const at = (id) => document.getElementById(id);
const who = at("who"), number = at("number"), line = at("line"), dial = at("dial"), call = at("call"), notices = at("notices");
const UNKNOWN = "unknown", WITHHELD = "withheld", CHOSEN = "softphone.who";
let you = sessionStorage.getItem(CHOSEN) || "";
let stranger = sessionStorage.getItem("softphone.stranger") || ""; // the phone of the number that was typed

const me = () => (who.value === UNKNOWN ? stranger : who.value);
const myName = () => (who.value === UNKNOWN ? shown(stranger || number.value) : who.value === WITHHELD ? t("withheld") : known.phone.get(me())?.name ?? t("caller"));
const instrument = makeInstrument({ phone: me, failed, isSparing: false, ended: () => call.focus() });
at("instrument").append(instrument.element);

// -- dialling

dial.addEventListener("submit", async (event) => {
  event.preventDefault();
  try {
    const done = await act("dial", { as: who.value === UNKNOWN ? number.value : who.value, line: line.value });
    if (who.value === UNKNOWN) sessionStorage.setItem("softphone.stranger", (stranger = done.phone));
    listenTo(done.call);
    notices.replaceChildren();
    instrument.awaits();
    draw([]);
  } catch (refused) {
    failed(refused);
  }
});
who.addEventListener("change", () => {
  you = who.value;
  sessionStorage.setItem(CHOSEN, you);
  draw([]);
  if (you === UNKNOWN) number.focus();
});

function drawDial() {
  if (connected === null) return;
  const people = [...known.phone.values()].filter((phone) => phone.kind === "caller");
  const label = (phone) => [phone.name, phone.note].filter(Boolean).join(" · ");
  options(who, [...people.map((phone) => [phone.id, label(phone)]), [UNKNOWN, t("unknown")], [WITHHELD, t("withheld")]]);
  if (you && [...who.options].some((one) => one.value === you)) who.value = you;
  options(line, setting.lines.map((one) => [one.number, one.name === one.number ? shown(one.number) : `${one.name} · ${shown(one.number)}`]));
  for (const one of document.querySelectorAll(".typed")) one.hidden = who.value !== UNKNOWN;
  number.required = who.value === UNKNOWN;
  const mine = callOf(me());
  call.disabled = !connected || !setting.lines.length || Boolean(mine && !mine.over);
}

// -- the story

const frame = h("iframe", { referrerpolicy: "no-referrer" });

function drawStory() {
  const mine = callOf(me());
  at("story").hidden = !setting.story;
  document.body.classList.toggle("with-story", Boolean(setting.story));
  if (!setting.story || !mine?.dialled) {
    frame.remove();
  } else {
    const address = setting.story.replace("{call_sid}", mine.id);
    frame.title = t("story");
    if (frame.dataset.call !== mine.id) {
      frame.dataset.call = mine.id;
      frame.src = address;
    }
    if (!frame.isConnected) at("story").append(frame);
  }
  at("story").querySelector("p").hidden = frame.isConnected;
}

// -- what went wrong

// Codes of a document that could not be had, at all or as TwiML.
const TROUBLE = new Set([11200, 11205, 11210, 11215, 11100, 11750, 12100, 12300]);
const LASTING = 8; // seconds of a refusal

function notice(sentence, seconds) {
  const shownOne = h("p", {}, sentence, h("button", { type: "button", class: "quiet", onclick: () => shownOne.remove() }, t("dismiss")));
  notices.replaceChildren(shownOne);
  if (seconds) setTimeout(() => shownOne.remove(), seconds * 1000);
}

function failed(refused) {
  notice(refusal(refused), LASTING);
}

function drawLink() {
  words(at("link"), connected === null ? "" : t(connected ? "connected" : "lost"));
  at("link").classList.toggle("lost", connected === false);
  document.body.classList.toggle("unconnected", connected === false);
}

// -- the switches

for (const name of ["voice", "ring"]) {
  at(name).addEventListener("click", () => {
    toggle(name);
    draw([]);
  });
}
at("language").addEventListener("click", () => {
  switchLanguage();
  drawWords();
  draw([]);
});

function drawWords() {
  translatePage();
  words(at("language"), t("otherLanguage"));
  at("language").lang = current() === "en" ? "fr" : "en";
  at("help").replaceChildren(...t("help").flatMap(([key, does]) => [h("dt", {}, h("kbd", {}, key)), h("dd", {}, does)]));
}

addEventListener("keydown", (event) => {
  if (event.key !== "F2") return;
  event.preventDefault();
  const isMine = isRinging(callOf(me())), isHere = instrument.element.contains(document.activeElement);
  if ((isMine && !isHere) || (!goToRinging() && isMine)) instrument.focusAnswer();
});

// -- drawing

function draw(fresh) {
  drawLink();
  drawDial();
  for (const name of ["voice", "ring"]) at(name).setAttribute("aria-pressed", String(switches[name]));
  instrument.update(myName());
  updatePhones(me(), failed);
  drawStory();
  updateLog();
  const alert = fresh.findLast((item) => item.what === "alert");
  if (alert) notice(t(TROUBLE.has(alert.code) ? "silent" : "alerted", alert.code, [alert.message, alert.path].filter(Boolean).join(" · ")));
}

let waiting = null; // items that came since the page was last drawn

onChange((fresh) => {
  hears(fresh);
  if (waiting === null) {
    waiting = [];
    setTimeout(() => {
      const come = waiting;
      waiting = null;
      draw(come);
    });
  }
  waiting.push(...fresh);
});
setInterval(() => {
  instrument.ticks();
  tickPhones();
}, 500);
drawWords();
beginLog();
draw([]);
connect();
