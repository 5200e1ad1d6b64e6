// The feed: everything the page knows, kept by kind and id, and the deeds that it asks for. It connects again by
// itself; the first message of a connection replaces all that was known.

export const known = { phone: new Map(), call: new Map(), line: new Map(), text: new Map(), webhook: new Map(), rest: new Map(), alert: new Map() };
export const setting = { lines: [], story: "", ahead: 0 };
export let connected = null; // null: not yet, then true or false

const listeners = [];
const linesOf = new Map(); // call -> its lines by id
const PASSING = new Set(["webhook", "rest", "alert"]), MOST = 1000; // of each of these, on a page that stays open
const FIRST_WAIT = 250, LONGEST_WAIT = 4000; // milliseconds between two attempts
let wait = FIRST_WAIT;

/** `listener(fresh)` after every change; `fresh` are the items that came just now, none for a snapshot. */
export const onChange = (listener) => listeners.push(listener);

export function connect() {
  const socket = new WebSocket(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/feed`);
  socket.onmessage = ({ data }) => {
    const said = JSON.parse(data);
    if (said.all) begins(said);
    for (const item of said.items) keeps(item);
    tells(said.all ? [] : said.items);
  };
  socket.onclose = () => {
    connected = false;
    tells([]);
    setTimeout(connect, wait);
    wait = Math.min(wait * 2, LONGEST_WAIT);
  };
}

function begins(said) {
  connected = true;
  wait = FIRST_WAIT;
  Object.assign(setting, { lines: said.lines, story: said.story, ahead: said.now - Date.now() / 1000 });
  for (const kept of Object.values(known)) kept.clear();
  linesOf.clear();
}

function keeps(item) {
  const kept = known[item.what];
  kept.set(item.id, item);
  if (PASSING.has(item.what) && kept.size > MOST) kept.delete(kept.keys().next().value);
  if (item.what !== "line") return;
  if (!linesOf.has(item.call)) linesOf.set(item.call, new Map());
  linesOf.get(item.call).set(item.id, item);
}

function tells(fresh) {
  for (const listener of listeners) listener(fresh);
}

/** The lines of a call, in order. */
export const lines = (call) => (call ? [...(linesOf.get(call.id)?.values() ?? [])] : []);

/** The call of a phone that is under way: the one that talks, else one that rings; else its last. */
export function callOf(phone) {
  const calls = [...known.call.values()].filter((call) => call.phone === phone);
  return (
    calls.findLast((call) => call.status === "in-progress") ?? calls.findLast((call) => !call.over) ?? calls.at(-1)
  );
}

export const isRinging = (call) => Boolean(call) && !call.over && !call.dialled && call.status === "ringing";
export const isLive = (call) => Boolean(call) && !call.over && (call.dialled || call.status === "in-progress");

/** The simulator's time, in seconds. */
export const now = () => Date.now() / 1000 + setting.ahead;

/** What was answered; rejected with {code, sentence}. */
export async function act(deed, given) {
  let response;
  try {
    response = await fetch(`/deeds/${deed}`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(given),
    });
  } catch {
    throw { code: "away", sentence: "The simulator does not answer. The page tries again." };
  }
  const said = await response.json();
  if (!response.ok) throw said;
  return said;
}
