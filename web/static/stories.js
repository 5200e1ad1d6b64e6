// Keeps a story's page up to date: asks for the story anew, and puts in place what has changed.
"use strict";

const live = document.getElementById("live");
const notice = document.getElementById("lost");
const SLOWLY = 4000;
let waiting = 0;

const story = () => document.getElementById("story");

// A part that differs is replaced; what stays the same keeps its place, its focus and its open folds.
function replacePart(id, fresh) {
  const old = document.getElementById(id);
  if (old.innerHTML !== fresh.innerHTML) old.replaceWith(fresh);
}

function mergeMoments(fresh) {
  const list = document.getElementById("moments");
  const wanted = new Set();
  let before = null;
  for (const moment of [...fresh.children]) {
    wanted.add(moment.id);
    const old = document.getElementById(moment.id);
    if (old && withoutFolds(old) === withoutFolds(moment)) {
      before = old;
      continue;
    }
    const fold = old && old.querySelector("details");
    if (fold && fold.open) moment.querySelector("details")?.setAttribute("open", "");
    if (old) old.replaceWith(moment);
    else {
      moment.classList.add("new");
      if (before) before.after(moment);
      else list.prepend(moment);
    }
    before = moment;
  }
  for (const old of [...list.children]) if (!wanted.has(old.id)) old.remove();
}

const withoutFolds = (moment) => moment.innerHTML.replaceAll('<details open="">', "<details>");

function show(text) {
  const fresh = new DOMParser().parseFromString(text, "text/html").getElementById("story");
  const page = document.documentElement;
  const follows = page.scrollHeight - window.innerHeight - window.scrollY < 48;
  if (fresh.querySelector("#moments") && story().querySelector("#moments")) {
    for (const id of ["who", "facts", "rung"]) replacePart(id, fresh.querySelector("#" + id));
    mergeMoments(fresh.querySelector("#moments"));
    Object.assign(story().dataset, fresh.dataset);
  } else {
    story().replaceWith(fresh);
  }
  if (fresh.dataset.title) document.title = fresh.dataset.title;
  if (follows) window.scrollTo(0, page.scrollHeight);
}

function say(text) {
  if (notice.textContent !== text) notice.textContent = text;
}

// The time until it is asked again, in milliseconds; nothing once the link has expired.
async function look() {
  try {
    const answer = await fetch(live.dataset.now, { headers: { "If-None-Match": story().dataset.tag } });
    if (answer.status === 403) return void say(notice.dataset.expired);
    if (answer.status !== 304 && !answer.ok) throw new Error(answer.status);
    if (answer.ok) show(await answer.text());
    say("");
    return Number(story().dataset.every) * 1000;
  } catch {
    say(notice.dataset.lost);
    return SLOWLY;
  }
}

async function follow() {
  clearTimeout(waiting);
  if (document.hidden) return;
  const pause = await look();
  clearTimeout(waiting);
  if (pause) waiting = setTimeout(follow, pause);
}

document.addEventListener("visibilitychange", follow);
// Beside a call, in a frame, what happens last is what one looks for.
if (window.parent !== window) window.scrollTo(0, document.documentElement.scrollHeight);
waiting = setTimeout(follow, Number(story().dataset.every) * 1000);
