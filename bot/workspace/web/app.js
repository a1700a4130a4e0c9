// The page: where one is, who one is, what is open; everything else is in its parts.

import { html, render, Share, useEffect, useMemo, useRef, useState } from "./lib.js";
import { Behind } from "./behind.js";
import { Channel } from "./channel.js";
import { DropHere, sendFiles, Uploads, useDrop } from "./drop.js";
import { Icon } from "./icons.js";
import { act, channelsOf, useItems } from "./live.js";
import { Sidebar } from "./sidebar.js";
import { Thread } from "./thread.js";
import { Modal } from "./window.js";

const TOAST_MILLISECONDS = 6000;
const WIDE = window.matchMedia("(min-width: 1000px)");

function App() {
  const [you, setYou] = useState(sessionStorage.getItem("person"));
  const { items, lost } = useItems(you);
  const [at, setAt] = useState(placeInAddress);
  const [thread, setThread] = useState(null);
  const [behind, setBehind] = useState(null);
  const [drawer, setDrawer] = useState(false);
  const [editing, edit] = useState(null);
  const [toast, say] = useToast();
  const [theme, setTheme] = useTheme();

  const team = items.get("team");
  const person = team?.you;
  const channels = channelsOf(items);
  const channel = channels.find((each) => each.id === at.channel) ?? channels[0];
  const unread = useUnread(items, person, channel?.id);

  useEffect(() => {
    const onHash = () => setAt(placeInAddress());
    window.addEventListener("hashchange", onHash);
    return () => window.removeEventListener("hashchange", onHash);
  }, []);

  const deed = async (name, given) => {
    try {
      await act(person, name, given);
      return true;
    } catch (error) {
      say(error.message);
      return false;
    }
  };
  const goTo = (id, tab = "") => {
    location.hash = tab ? `${id}/${tab}` : id;
    setDrawer(false);
    setThread(null);
    edit(null);
  };
  const openThread = (message) => {
    setBehind(null);
    setThread({ channel: message.channel, ts: message.thread ?? message.ts });
  };
  const play = (id) => {
    sessionStorage.setItem("person", id);
    setYou(id);
    setThread(null);
    setDrawer(false);
  };
  const addFiles = useMemo(() => (files) => sendFiles(person, files, say), [person]);
  const over = useDrop(addFiles);

  useOpened(channel, at.tab, person, deed);
  useAnswered(items, person, channel, thread ?? behind, openThread);
  useEscape(() => (thread ? setThread(null) : behind ? setBehind(null) : setDrawer(false)));

  if (!team || !channel) return html`<p class="loading" role="status">Opening the workspace…</p>`;
  const shared = {
    items, team, you: person, act: deed, goTo, play, openThread, editing, edit, behind: behind !== null,
    people: items.get("people"), cast: items.get("cast"), app: items.get("app"),
    openDrawer: () => setDrawer(true),
    toggleBehind: () => { setThread(null); setBehind(behind ? null : "answer"); },
  };
  const threadChannel = thread && channels.find((each) => each.id === thread.channel);
  return html`<${Share} value=${shared}>
    <div class=${`app ${threadChannel || behind ? "with-pane" : ""}`}>
      <${Sidebar} place=${channel.id} unread=${unread} open=${drawer} close=${() => setDrawer(false)} theme=${theme} setTheme=${setTheme} addFiles=${addFiles} />
      <${Channel} channel=${channel} tab=${channel.direct ? at.tab : ""} />
      ${threadChannel ? html`<${Thread} channel=${threadChannel} ts=${thread.ts} close=${() => setThread(null)} />` : null}
      ${behind ? html`<${Behind} tab=${behind} setTab=${setBehind} close=${() => setBehind(null)} />` : null}
    </div>
    <${Modal} />
    <${Uploads} />
    ${over ? html`<${DropHere} />` : null}
    ${lost || !team.connected ? html`<p class="lost" role="alert"><${Icon} name="warn" />${lost ? "The workspace does not answer. Is quoth demo still running?" : "Quoth is not connected."}</p>` : null}
    ${toast ? html`<p class="toast" role="alert">${toast}</p>` : null}
  <//>`;
}

function placeInAddress() {
  const [channel, tab = ""] = location.hash.slice(1).split("/");
  return { channel, tab };
}

/** A sentence that goes away by itself. */
function useToast() {
  const [toast, setToast] = useState("");
  useEffect(() => {
    if (!toast) return undefined;
    const timer = setTimeout(() => setToast(""), TOAST_MILLISECONDS);
    return () => clearTimeout(timer);
  }, [toast]);
  return [toast, setToast];
}

/** Light or dark: as chosen here, else as the system has it. */
function useTheme() {
  const system = window.matchMedia("(prefers-color-scheme: dark)");
  const [theme, setTheme] = useState(localStorage.getItem("theme") ?? (system.matches ? "dark" : "light"));
  useEffect(() => {
    document.documentElement.dataset.theme = theme;
  }, [theme]);
  const choose = (chosen) => {
    localStorage.setItem("theme", chosen);
    setTheme(chosen);
  };
  return [theme, choose];
}

/** The channels in which something is new since one looked. */
function useUnread(items, person, here) {
  const seen = useRef(null);
  const unread = new Set();
  if (!items.has("team")) return unread;
  const first = seen.current?.person !== person;
  if (first) seen.current = { person, last: new Map() };
  for (const [name, item] of items) {
    if (!name.startsWith("message ")) continue;
    const { channel, ts, user } = item;
    if (ts <= (seen.current.last.get(channel) ?? "")) continue;
    if (first || channel === here || user === person) seen.current.last.set(channel, ts);
    else unread.add(channel);
  }
  return unread;
}

/** Tells Quoth that its Home, or the direct messages with it, are looked at. */
function useOpened(channel, tab, person, deed) {
  useEffect(() => {
    if (channel?.direct) deed("open_home", { tab: tab === "home" ? "home" : "messages" });
  }, [channel?.id, tab, person]);
}

/** Opens the thread in which one's question in this channel was just answered, if there is room. */
function useAnswered(items, person, channel, taken, openThread) {
  const known = useRef(null);
  useEffect(() => {
    if (!channel) return;
    const answers = [...items].filter(([name, item]) => name.startsWith(`message ${channel.id} `) && item.thread && !item.alone);
    const key = `${person} ${channel.id}`;
    const before = known.current?.key === key ? known.current.names : null;
    known.current = { key, names: new Set(answers.map(([name]) => name)) };
    const fresh = before && answers.find(([name]) => !before.has(name))?.[1];
    if (fresh && !taken && !channel.direct && WIDE.matches && items.get(`message ${channel.id} ${fresh.thread}`)?.user === person) openThread(fresh);
  });
}

function useEscape(close) {
  useEffect(() => {
    const onKey = (event) => event.key === "Escape" && !event.defaultPrevented && !document.querySelector("dialog[open]") && close();
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  });
}

history.replaceState(null, "", `${location.pathname}${location.hash}`); // the key has become a cookie
const root = document.getElementById("app");
root.replaceChildren();
render(html`<${App} />`, root);
