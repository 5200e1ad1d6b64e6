// The phones of everybody but the caller: those that ring or talk first and whole, the others small.

import { arrange, attribute, h, words } from "./dom.js";
import { callOf, isLive, isRinging, known } from "./feed.js";
import { makeInstrument } from "./instrument.js";
import { ringIf } from "./speech.js";
import { named, shown, t } from "./words.js";

const active = document.getElementById("active");
const idle = document.getElementById("idle");
const others = document.getElementById("others");
const count = document.getElementById("others-count");
others.open = matchMedia("(min-width: 720px)").matches; // on a narrow page they would push all else away
const quiet = document.getElementById("quiet");
const bell = document.getElementById("bell");
const announcer = document.getElementById("announcer");
const cards = new Map(); // key -> card
const announced = new Set(); // calls

function makeCard(key, failed) {
  const name = h("span", { class: "name" });
  const note = h("span", { class: "note" });
  const light = h("span", { class: "light", "aria-hidden": "true" });
  const brief = h("span", { class: "brief" });
  const opener = h("button", { type: "button", class: "opener", "aria-expanded": "false" }, light, h("span", { class: "who" }, name, note), brief);
  const instrument = makeInstrument({ phone: () => key, failed, isSparing: true, ended: () => opener.focus() });
  const element = h("article", { class: "phone", "data-phone": key }, opener, instrument.element);
  const card = { element, instrument, opened: false };
  opener.addEventListener("click", () => {
    card.opened = !card.opened;
    draw(failed);
  });
  card.update = (phone, call) => {
    const ringing = isRinging(call), live = isLive(call);
    card.whole = ringing || live || card.opened;
    words(name, named(phone.name));
    words(note, phone.note || (phone.name === phone.number ? "" : shown(phone.number)));
    words(brief, !card.whole && instrument.texts.fresh() ? t("texts") : "");
    attribute(element, "aria-label", t("opens", named(phone.name)));
    attribute(opener, "aria-expanded", String(card.whole));
    element.classList.toggle("ringing", ringing);
    element.classList.toggle("live", live);
    element.classList.toggle("fresh", instrument.texts.fresh());
    instrument.element.hidden = !card.whole;
    instrument.update(named(phone.name));
  };
  return card;
}

let you = "";
let failedTo = null;

/** `me` is the caller's phone, which is elsewhere on the page. */
export function updatePhones(me, failed) {
  you = me;
  failedTo = failed;
  draw(failed);
}

function draw(failed) {
  const shownPhones = [];
  for (const phone of known.phone.values()) {
    const call = callOf(phone.id);
    const isHere = phone.kind === "technician" || isRinging(call) || isLive(call) || (phone.kind === "other" && hasTexts(phone));
    if (phone.id === you || !isHere) continue;
    if (!cards.has(phone.id)) cards.set(phone.id, makeCard(phone.id, (refused) => failedTo(refused)));
    const card = cards.get(phone.id);
    card.update(phone, call);
    shownPhones.push({ phone, call, card });
  }
  const rank = ({ call, card }) => (isRinging(call) ? 0 : isLive(call) ? 1 : card.whole ? 2 : 3);
  const focused = document.activeElement;
  const ordered = shownPhones.toSorted((one, other) => rank(one) - rank(other));
  arrange(active, ordered.filter(({ card }) => card.whole).map(({ card }) => card.element));
  const small = ordered.filter(({ card }) => !card.whole).map(({ card }) => card.element);
  arrange(idle, small);
  others.hidden = !small.length;
  words(count, String(small.length));
  if (focused !== document.activeElement && focused.isConnected) (focused.checkVisibility() ? focused : others.firstElementChild).focus();
  tell(shownPhones);
}

const hasTexts = (phone) => [...known.text.values()].some((one) => one.to === phone.number || one.from === phone.number);

function tell(shownPhones) {
  const ringing = shownPhones.filter(({ call }) => isRinging(call));
  const people = [...known.phone.values()].some((phone) => phone.kind === "technician");
  words(quiet, !people && !shownPhones.length ? t("noPeople") : ringing.length ? t("ringing", ringing.length) : t("nobodyRings"));
  quiet.classList.toggle("rings", ringing.length > 0);
  bell.hidden = !ringing.length;
  words(bell, ringing.map(({ phone }) => phone.name).join(", "));
  const fresh = ringing.filter(({ call }) => !announced.has(call.id));
  for (const { call } of fresh) announced.add(call.id);
  if (fresh.length) announcer.textContent = fresh.map(({ phone, call }) => t("announce", phone.name, shown(call.from))).join(" ");
  const me = callOf(you);
  if (isRinging(me) && !announced.has(me.id)) {
    announced.add(me.id);
    announcer.textContent = t("announce", known.phone.get(you)?.name ?? "", shown(me.from));
  }
  ringIf(ringing.length > 0 || isRinging(me));
}

/** To the Answer of a phone that rings. False if none does. */
export function goToRinging() {
  for (const card of cards.values()) {
    if (!card.element.isConnected || !card.element.classList.contains("ringing")) continue;
    card.instrument.focusAnswer();
    return true;
  }
  return false;
}

bell.addEventListener("click", goToRinging);

export function tickPhones() {
  for (const card of cards.values()) if (card.whole) card.instrument.ticks();
}

