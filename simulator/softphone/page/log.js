// Every webhook with its document, and every REST request, newest first, each with the alerts that it caused; drawn only
// while it is open.

import { arrange, h, options, words } from "./dom.js";
import { known } from "./feed.js";
import { clock, current, shown, t } from "./words.js";

const log = document.getElementById("log");
const filter = document.getElementById("log-call");
const list = document.getElementById("log-list");
const count = document.getElementById("log-count");
const MOST = 200;
const rows = new Map();

export function updateLog() {
  const all = [...known.webhook.values(), ...known.rest.values()];
  const alerts = [...known.alert.values()];
  words(count, [all.length || "", alerts.length ? t("alerts", alerts.length) : ""].filter(Boolean).join(" · "));
  if (!log.open) return;
  const calls = [...known.call.values()].filter((call) => call.dialled).toReversed();
  const label = (call) => `${clock(call.at)} · ${known.phone.get(call.phone)?.name ?? shown(call.from)} → ${shown(call.to)}`;
  options(filter, [["", t("allCalls")], ...calls.map((call) => [call.id, label(call)])]);
  const caused = Map.groupBy(alerts, (alert) => (known.webhook.has(alert.of) || known.rest.has(alert.of) ? alert.of : 0));
  const listed = [...all, ...(caused.get(0) ?? [])];
  const wanted = listed.filter((one) => !filter.value || one.call === filter.value).sort((one, other) => other.id - one.id);
  const drawn = wanted.slice(0, MOST).map((one) => (one.what === "alert" ? lone(one) : row(one, caused.get(one.id) ?? [])));
  arrange(list, drawn.length ? drawn : [nothing()]);
}

export function beginLog() {
  log.addEventListener("toggle", updateLog);
  filter.addEventListener("change", updateLog);
}

const nothing = () => h("li", { class: "muted" }, t("nothingSaid"));

/** An alert that no request has caused. */
function lone(alert) {
  if (!rows.has(alert.id)) {
    const element = h("li", { class: "lone" }, h("time", {}, clock(alert.at)), h("ul", { class: "alerts", lang: "en" }, line(alert)));
    rows.set(alert.id, { element, state: "" });
  }
  return rows.get(alert.id).element;
}

const line = (alert) => h("li", {}, h("b", {}, String(alert.code)), ` ${alert.message}`);

function row(one, alerts) {
  const state = `${one.at} ${one.status} ${one.error} ${alerts.length} ${current()}`;
  const before = rows.get(one.id);
  if (before?.state === state) return before.element;
  const isOpen = before?.element.querySelector("details").open ?? false;
  const body = h("div", { class: "said" });
  const lasted = one.seconds === null ? t("pending") : t("seconds", one.seconds.toFixed(2));
  const details = h(
    "details",
    { open: isOpen },
    h(
      "summary",
      { class: one.error || one.status >= 400 || alerts.length ? "bad" : null },
      h("time", {}, clock(one.at)),
      h("b", {}, one.method),
      h("code", {}, one.path),
      h("span", { class: "kind" }, [t("kinds")[one.kind] ?? one.kind, one.duplicate ? t("twice") : ""].filter(Boolean).join(", ")),
      h("span", { class: "status" }, [one.status, one.error].filter(Boolean).join(" · ") || "…"),
      h("span", { class: "kind" }, lasted),
    ),
    body,
  );
  const fills = () => details.open && !body.children.length && body.append(...told(one));
  details.addEventListener("toggle", fills);
  fills();
  const element = h("li", {}, details, alerts.length ? h("ul", { class: "alerts", lang: "en" }, ...alerts.map(line)) : null);
  rows.set(one.id, { element, state });
  return element;
}

function* told(one) {
  yield h("h3", {}, t("parameters"));
  yield h("dl", {}, ...Object.entries(one.params).flatMap(([name, value]) => [h("dt", {}, name), h("dd", {}, value || t("empty"))]));
  yield h("h3", {}, t("answerBody"));
  yield h("pre", { tabindex: "0" }, pretty(one.body) || t("empty"));
}

/** XML and JSON with a line an element; anything else as it is. */
export function pretty(body) {
  if (body.trimStart().startsWith("<")) {
    const read = new DOMParser().parseFromString(body, "text/xml");
    if (!read.querySelector("parsererror")) return indented(read.documentElement, "").join("\n");
  }
  try {
    return JSON.stringify(JSON.parse(body), null, 2);
  } catch {
    return body;
  }
}

const escaped = (text) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");

function indented(element, before) {
  const given = [...element.attributes].map((one) => ` ${one.name}="${escaped(one.value)}"`).join("");
  const text = [...element.childNodes].filter((one) => one.nodeType === Node.TEXT_NODE).map((one) => one.data).join("").trim();
  const inside = [...element.children].flatMap((child) => indented(child, `${before}  `));
  if (!inside.length && !text) return [`${before}<${element.tagName}${given}/>`];
  if (!inside.length) return [`${before}<${element.tagName}${given}>${escaped(text)}</${element.tagName}>`];
  return [`${before}<${element.tagName}${given}>`, ...(text ? [`${before}  ${escaped(text)}`] : []), ...inside, `${before}</${element.tagName}>`];
}
