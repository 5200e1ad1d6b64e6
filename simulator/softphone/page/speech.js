// What is heard aloud: prompts through the browser's speech in their language, a soft ring; and the microphone.
// Only the page on which a call was dialled or answered speaks it: no sentence is spoken twice.

import { known } from "./feed.js";

const MINE = "softphone.calls";
const mine = new Set(JSON.parse(sessionStorage.getItem(MINE) || "[]"));
const synthesis = window.speechSynthesis;
const Recognition = window.SpeechRecognition || window.webkitSpeechRecognition;
let pending = []; // {call, utterance}, in the order in which they are spoken

export const switches = { voice: localStorage.getItem("softphone.voice") !== "off", ring: localStorage.getItem("softphone.ring") !== "off" };

export function toggle(name) {
  switches[name] = !switches[name];
  localStorage.setItem(`softphone.${name}`, switches[name] ? "on" : "off");
  if (!switches.voice) silence();
}

/** The call has just been dialled or answered here: here it is heard, what the feed has told already too. */
export function listenTo(call) {
  mine.add(call);
  sessionStorage.setItem(MINE, JSON.stringify([...mine].slice(-50)));
  for (const line of known.line.values()) if (line.call === call && !line.cut) speaks(line);
}

export function hears(fresh) {
  for (const item of fresh) {
    if (item.what === "line" && item.kind === "speech") item.cut ? hushes(item.call) : item.over || speaks(item);
    if (item.what === "call" && item.over) hushes(item.id);
  }
}

const begun = new Set(); // lines whose speech was begun

function speaks(line) {
  const name = `${line.call} ${line.id}`;
  if (line.kind !== "speech" || !synthesis || !switches.voice || !mine.has(line.call) || begun.has(name)) return;
  begun.add(name);
  const utterance = new SpeechSynthesisUtterance(line.text);
  utterance.lang = line.language || "en-US";
  const voices = synthesis.getVoices();
  utterance.voice = voices.find((one) => one.lang === utterance.lang) ?? voices.find((one) => one.lang.slice(0, 2) === utterance.lang.slice(0, 2)) ?? null;
  const one = { call: line.call, utterance };
  utterance.onend = utterance.onerror = () => (pending = pending.filter((other) => other !== one));
  pending.push(one);
  synthesis.speak(utterance);
}

/** What is still to be said of a call is not; other calls go on. */
function hushes(call) {
  const others = pending.filter((one) => one.call !== call);
  if (others.length === pending.length) return;
  silence();
  pending = others;
  for (const one of others) synthesis.speak(one.utterance);
}

function silence() {
  pending = [];
  synthesis?.cancel();
}

// -- the ring

let audio = null;
let rings = null;

/** A browser lets a page sound only after somebody has touched it. */
for (const gesture of ["pointerdown", "keydown"]) {
  addEventListener(gesture, () => (audio ??= window.AudioContext ? new AudioContext() : null)?.resume(), { passive: true });
}

export function ringIf(isRinging) {
  const wanted = isRinging && switches.ring;
  if (wanted && rings === null) {
    ringOnce();
    rings = setInterval(ringOnce, 3000);
  } else if (!wanted && rings !== null) {
    clearInterval(rings);
    rings = null;
  }
}

function ringOnce() {
  if (audio?.state !== "running") return;
  const begins = audio.currentTime;
  const loudness = audio.createGain();
  loudness.connect(audio.destination);
  for (const [at, level] of [[0, 0], [0.04, 0.035], [0.5, 0.02], [0.9, 0]]) loudness.gain.linearRampToValueAtTime(level, begins + at);
  for (const pitch of [440, 554]) {
    const tone = audio.createOscillator();
    tone.frequency.value = pitch;
    tone.connect(loudness);
    tone.start(begins);
    tone.stop(begins + 1);
  }
}

// -- the microphone

export const hasMicrophone = Boolean(Recognition);

/** Listens once, and gives the words; `ended` is called in any case. */
export function recognise(language, gives, ended) {
  const recognition = new Recognition();
  recognition.lang = language || "en-CA";
  recognition.onresult = ({ results }) => gives(results[0][0].transcript);
  recognition.onend = ended;
  recognition.onerror = ended;
  recognition.start();
  return () => recognition.stop();
}
