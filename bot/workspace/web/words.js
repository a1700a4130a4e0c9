// Text as Slack writes it: mrkdwn and entities, as elements; times and days in words.
// Nothing here makes HTML of a string: what is not understood stays text.

import { html, useShared } from "./lib.js";

export const decoded = (text) => text.replace(/&lt;/g, "<").replace(/&gt;/g, ">").replace(/&amp;/g, "&");

/** Somebody's name; Quoth's with a capital. */
export const nameOf = (shared, user) => (user === shared.team.bot ? "Quoth" : (shared.people[user] ?? "Somebody"));

export function Link({ url, children }) {
  if (!/^(https?|mailto):/i.test(url)) return html`<span>${children}</span>`;
  return html`<a href=${url} target="_blank" rel="noopener noreferrer">${children}</a>`;
}

export function Person({ user }) {
  const shared = useShared();
  return html`<span class=${`mention ${user === shared.you ? "me" : ""}`}>@${nameOf(shared, user)}</span>`;
}

export function ChannelName({ channel, label }) {
  const { items } = useShared();
  return html`<span class="mention">#${items.get(`channel ${channel}`)?.name ?? label ?? channel}</span>`;
}

// One alternative each: code, bold, italic, strike, and what Slack writes in angle brackets.
const INLINE = /`([^`\n]+)`|(?<![\w*])\*([^*\n]+)\*(?![\w*])|(?<![\w_])_([^_\n]+)_(?![\w_])|(?<![\w~])~([^~\n]+)~(?![\w~])|<([^<>]+)>/g;

function inline(text) {
  const parts = [];
  let at = 0;
  for (const found of text.matchAll(INLINE)) {
    if (found.index > at) parts.push(decoded(text.slice(at, found.index)));
    const [, code, bold, italic, struck, marked] = found;
    if (code) parts.push(html`<code>${decoded(code)}</code>`);
    else if (bold) parts.push(html`<strong>${inline(bold)}</strong>`);
    else if (italic) parts.push(html`<em>${inline(italic)}</em>`);
    else if (struck) parts.push(html`<s>${inline(struck)}</s>`);
    else parts.push(entity(marked));
    at = found.index + found[0].length;
  }
  if (at < text.length) parts.push(decoded(text.slice(at)));
  return parts;
}

function entity(marked) {
  const [target, label] = marked.split("|", 2);
  if (target.startsWith("@")) return html`<${Person} user=${target.slice(1)} />`;
  if (target.startsWith("#")) return html`<${ChannelName} channel=${target.slice(1)} label=${label} />`;
  if (target.startsWith("!")) return html`<span class="mention">@${label ?? target.slice(1)}</span>`;
  return html`<${Link} url=${decoded(target)}>${decoded(label ?? target)}<//>`;
}

/** Slack's mrkdwn: blocks of code, quotations, and lines. */
export function Mrkdwn({ text }) {
  return text.split(/```\n?([^]*?)```\n?/).map((part, number) => {
    if (number % 2) return html`<pre>${decoded(part)}</pre>`;
    return part.split("\n").map((line, row, lines) => {
      const quoted = /^(?:&gt;|>) ?(.*)/.exec(line);
      if (quoted) return html`<blockquote>${inline(quoted[1])}</blockquote>`;
      return html`${inline(line)}${row < lines.length - 1 ? html`<br />` : null}`;
    });
  });
}

/** Plain text of a text object, with its line ends. */
export const Lines = ({ text }) => text.split("\n").map((line, row) => html`${row ? html`<br />` : null}${line}`);

const dateOf = (ts) => new Date(Number(ts) * 1000);

export const timeOf = (ts) => dateOf(ts).toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" });

export function dayOf(ts) {
  const day = dateOf(ts);
  if (day.toDateString() === new Date().toDateString()) return "Today";
  return day.toLocaleDateString("en-GB", { weekday: "long", day: "numeric", month: "long" });
}

/** One or many. */
export const counted = (count, one, many) => `${count} ${count === 1 ? one : many}`;
