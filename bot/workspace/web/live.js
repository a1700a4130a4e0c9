// The line to the workspace: what there is and changes comes over one stream, what is done goes out as a POST.

import { useEffect, useState } from "./lib.js";

/** Everything that a person sees, by name, kept up to date; `lost` while the line is down. */
export function useItems(person) {
  const [state, setState] = useState({ items: new Map(), lost: false });
  useEffect(() => {
    const source = new EventSource(`/live?person=${encodeURIComponent(person ?? "")}`);
    source.onmessage = ({ data }) => {
      const news = JSON.parse(data);
      setState((before) => {
        const items = new Map(news.first ? [] : before.items);
        for (const name of news.gone) items.delete(name);
        for (const [name, item] of Object.entries(news.set)) items.set(name, item);
        return { items, lost: false };
      });
    };
    source.onerror = () => setState((before) => ({ ...before, lost: true }));
    return () => source.close();
  }, [person]);
  return state;
}

/** Do something as a person.  Throws an Error with a sentence to show. */
export async function act(person, deed, given) {
  await post(`/do/${deed}?person=${encodeURIComponent(person)}`, JSON.stringify(given));
}

/** Give Quoth a file to read.  Throws an Error with a sentence to show, also for a folder, which the browser takes for a file. */
export async function sendFile(person, file) {
  try {
    await file.slice(0, 1).arrayBuffer();
  } catch {
    throw new Error("It cannot be read. Of a folder, drop the files in it, or start with: quoth demo FOLDER");
  }
  await post(`/files?person=${encodeURIComponent(person)}&name=${encodeURIComponent(file.name)}`, file);
}

/** Something that is asked for once. */
export async function fetchJson(path) {
  const response = await fetch(path);
  if (!response.ok) throw new Error(await response.text());
  return response.json();
}

async function post(path, body) {
  let response;
  try {
    response = await fetch(path, { method: "POST", body });
  } catch {
    throw new Error("The workspace does not answer. Is quoth demo still running?");
  }
  if (!response.ok) throw new Error(await response.text());
}

/** The messages of a channel, the oldest first. */
export function messagesOf(items, channel) {
  return [...items.entries()]
    .filter(([name]) => name.startsWith(`message ${channel} `))
    .map(([, message]) => message)
    .sort((a, b) => Number(a.ts) - Number(b.ts));
}

/** What the bot says that it is doing in a thread; empty for nothing. */
export const statusOf = (items, channel, thread) => items.get(`status ${channel} ${thread}`)?.text ?? "";

export const channelsOf = (items) =>
  [...items.entries()].filter(([name]) => name.startsWith("channel ")).map(([, channel]) => channel);
