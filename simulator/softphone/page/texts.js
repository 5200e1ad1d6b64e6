// The texts of one phone with every line: a thread, and a field to write one.

import { h, attribute, options, words } from "./dom.js";
import { act, known, setting } from "./feed.js";
import { clock, shown, t } from "./words.js";

let made = 0;

/** `phone()` is the key of the phone that is meant; `failed` is told of a refusal. */
export function makeTexts(phone, failed) {
  const id = `texts-${++made}`;
  const count = h("span", { class: "count" });
  const title = h("span");
  const list = h("ol");
  const thread = h("div", { class: "thread", tabindex: "0", role: "log" }, list);
  const to = h("select", { id: `${id}-to` });
  const toLabel = h("label", { for: `${id}-to`, class: "unseen" });
  const body = h("input", { type: "text", autocomplete: "off", maxlength: "1600" });
  const files = h("input", { type: "file", multiple: true, class: "unseen" });
  const filesSaid = h("span");
  const send = h("button", { type: "submit", class: "quiet" });
  const ends = h("div", { class: "ends" }, h("label", { class: "files" }, filesSaid, files), send);
  const form = h("form", { class: "row" }, toLabel, to, body, ends);
  const details = h("details", { class: "texts" }, h("summary", {}, title, " ", count), thread, form);
  let seen = 0;
  let all = [];

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (!body.value.trim() && !files.files.length) return;
    try {
      await act("text", { as: phone(), line: to.value, body: body.value.trim(), files: await contents([...files.files]) });
      body.value = files.value = "";
      draw();
    } catch (refused) {
      failed(refused);
    }
  });
  files.addEventListener("change", () => draw());
  details.addEventListener("toggle", () => {
    seen = all.length;
    draw();
  });

  function draw() {
    const received = all.slice(seen).filter((one) => one.to === phone()).length;
    words(title, t("texts"));
    words(filesSaid, t("attached", files.files.length));
    words(count, !details.open && received ? t("unread", received) : all.length ? String(all.length) : "");
    count.classList.toggle("fresh", !details.open && received > 0);
  }

  function update(name) {
    const key = phone();
    const number = known.phone.get(key)?.number ?? key;
    all = [...known.text.values()].filter((one) => one.from === number || one.to === number);
    if (seen > all.length) seen = 0;
    if (details.open) seen = all.length;
    draw();
    words(send, t("send"));
    words(toLabel, t("textTo"));
    attribute(thread, "aria-label", t("texts"));
    attribute(body, "aria-label", t("textBody", name));
    attribute(body, "placeholder", t("writeText"));
    options(to, setting.lines.map((line) => [line.number, line.name === line.number ? shown(line.number) : line.name]));
    to.hidden = setting.lines.length < 2;
    form.hidden = !/^\+?\d/.test(number) || !setting.lines.length;
    const said = JSON.stringify(all.map((one) => one.id)) + t("texts");
    if (thread.dataset.said === said) return;
    thread.dataset.said = said;
    list.replaceChildren(
      ...(all.length ? all.map((one) => bubble(one, one.from === number)) : [h("li", { class: "muted" }, t("noTexts"))]),
    );
    const toEnd = () => (thread.scrollTop = thread.scrollHeight);
    for (const picture of list.querySelectorAll("img")) picture.addEventListener("load", toEnd);
    toEnd();
  }

  return { element: details, update, fresh: () => all.slice(seen).some((one) => one.to === phone()) };
}

const bubble = (one, isOwn) =>
  h(
    "li",
    { class: isOwn ? "own" : "other" },
    one.body || !one.files.length ? h("p", {}, ...linked(one.body)) : null,
    ...one.files.map(attached),
    h("small", {}, `${shown(isOwn ? one.to : one.from)} · ${clock(one.at)}`),
  );

const PICTURE = /^image\/(jpeg|png|gif|webp)$/, AWAY = { target: "_blank", rel: "noreferrer" };
const LARGEST = 5_000_000; // bytes of all files of a text

/** A picture is shown; another file can be kept. */
const attached = ({ id, type }) =>
  h("a", { href: `/files/${id}`, class: "file", ...AWAY }, PICTURE.test(type) ? h("img", { src: `/files/${id}`, alt: t("picture") }) : t("file", type));

/** Addresses can be followed: a technician gets a client's files as such. */
const linked = (body) =>
  body.split(/(https?:\/\/[^\s<>"]+)/).map((part, place) => (place % 2 ? h("a", { href: part, ...AWAY }, part) : part));

async function contents(files) {
  if (files.reduce((sum, one) => sum + one.size, 0) > LARGEST) throw { code: "large", sentence: t("large") };
  return Promise.all(files.map(async (one) => ({ type: one.type || "application/octet-stream", content: await inBase64(one) })));
}

const inBase64 = (file) =>
  new Promise((done, failed) => {
    const reader = new FileReader();
    reader.onload = () => done(reader.result.slice(reader.result.indexOf(",") + 1));
    reader.onerror = () => failed({ code: "file", sentence: t("unreadFile") });
    reader.readAsDataURL(file);
  });
