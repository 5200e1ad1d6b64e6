// One telephone in somebody's hands: its state, what it hears, and everything one can do with it.

import { attribute, h, words } from "./dom.js";
import { act, callOf, isLive, isRinging, known, now } from "./feed.js";
import { makeKeypad } from "./keypad.js";
import { hasMicrophone, listenTo, recognise } from "./speech.js";
import { makeTexts } from "./texts.js";
import { makeTranscript } from "./transcript.js";
import { named, shown, t } from "./words.js";

/** `phone()` is the key of the phone; `failed` is told of a refusal; `isSparing`: only what can be used is shown. */
export function makeInstrument({ phone, failed, isSparing, ended }) {
  let call = null;
  let before = "";
  let stopListening = null;
  let wantsFocus = false; // as soon as the call is here
  const call_ = () => ({ call: call?.id });
  const tries = (deed, given) => act(deed, given).catch(failed);

  const state = h("p", { class: "state" });
  const lasts = h("span", { class: "lasts", "aria-hidden": "true" });
  const answer = h("button", { type: "button", class: "go", onclick: answers });
  const reject = h("button", { type: "button", class: "stop", onclick: () => tries("reject", call_()) });
  const hangUp = h("button", { type: "button", class: "stop", onclick: () => tries("hang-up", call_()) });
  const actions = h("div", { class: "actions" }, answer, reject, hangUp);
  const transcript = makeTranscript();
  const asked = h("p", { class: "asked" });
  const field = h("input", { type: "text", autocomplete: "off", maxlength: "1600" });
  const speak = h("button", { type: "button", class: "quiet mic", "aria-pressed": "false", onclick: listens });
  const say = h("button", { type: "submit", class: "quiet" });
  const form = h("form", { class: "row say" }, field, speak, say);
  const keypad = makeKeypad((key) => call && tries("press", { ...call_(), key }));
  const texts = makeTexts(phone, failed);
  const element = h(
    "div",
    { class: "instrument" },
    h("div", { class: "status" }, state, lasts),
    actions, transcript.element, asked, form, keypad.element, texts.element,
  );

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (field.value.trim()) says(field.value);
  });
  element.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    if (event.target.value) event.target.value = "";
    else if (isRinging(call)) tries("reject", call_());
    else if (isLive(call)) tries("hang-up", call_());
  });

  async function answers() {
    const answered = call.id;
    listenTo(answered);
    await tries("answer", { call: answered });
  }

  async function says(spoken) {
    field.value = "";
    const { heard } = (await tries("say", { ...call_(), words: spoken })) ?? {};
    if (heard === false) failed({ sentence: t("notHeard") });
  }

  function listens() {
    if (stopListening) return stopListening();
    const spoken = known.phone.get(phone())?.language;
    attribute(speak, "aria-pressed", "true");
    stopListening = recognise(call.asks.language || spoken, says, () => {
      stopListening = null;
      attribute(speak, "aria-pressed", "false");
    });
  }

  function update(name) {
    call = callOf(phone()) ?? null;
    const ringing = isRinging(call), live = isLive(call);
    const had = element.contains(document.activeElement) || element.contains(lostFocus());
    words(state, describe(call));
    ticks();
    for (const [button, word] of [[answer, "answer"], [reject, "reject"], [hangUp, "hangUp"], [say, "say"], [speak, "speak"]]) words(button, t(word));
    answer.hidden = reject.hidden = !ringing;
    hangUp.hidden = !live;
    actions.hidden = !ringing && !live;
    transcript.update(call, t("heard", name));
    words(asked, live ? askedFor(call.asks) : "");
    asked.hidden = !asked.textContent;
    attribute(field, "placeholder", t("typeWords"));
    attribute(field, "aria-label", t("sayWhat", name));
    speak.hidden = !hasMicrophone;
    for (const one of [field, say, speak]) one.disabled = !live;
    keypad.update(name, live);
    keypad.element.hidden = form.hidden = isSparing && !live;
    element.classList.toggle("off", !live);
    texts.update(name);
    const after = `${call?.id} ${ringing ? "rings" : live ? "lives" : "over"}`;
    if ((after !== before && had) || (wantsFocus && live)) {
      wantsFocus = false;
      live ? keypad.focus() : ringing ? answer.focus() : ended?.();
    }
    before = after;
  }

  /** A browser takes the focus from what is hidden or disabled; then nobody has it. */
  let held = null;
  element.addEventListener("focusin", (event) => (held = event.target));
  document.addEventListener("focusin", (event) => element.contains(event.target) || (held = null));
  const lostFocus = () => (document.activeElement === document.body ? held : null);

  function ticks() {
    const since = call && !call.over && call.answered_at ? Math.max(0, Math.floor(now() - call.answered_at)) : null;
    words(lasts, since === null ? "" : `${Math.floor(since / 60)}:${String(since % 60).padStart(2, "0")}`);
  }

  return { element, update, ticks, awaits: () => (wantsFocus = true), focusAnswer: () => answer.focus(), texts };
}

function describe(call) {
  if (!call) return t("notInCall");
  if (call.over) return t("ended", t("statuses")[call.status] ?? call.status);
  if (isRinging(call)) return t("rings", shown(call.from));
  if (call.queue) return t("waits", call.queue);
  const room = call.room ? [t("room", call.room)] : [];
  const held = call.held ? [t("held")] : [];
  if (call.with.length) return [t("talks", call.with.map(named).join(", ")), ...room, ...held].join(" · ");
  if (call.room) return [t("alone"), call.room, ...held].join(" · ");
  return call.status === "in-progress" ? t("hears") : t("calls", shown(call.to));
}

function askedFor(asks) {
  if (asks.keys && asks.words) return t("bothAsked");
  return asks.keys ? t("keysAsked") : asks.words ? t("wordsAsked") : "";
}
