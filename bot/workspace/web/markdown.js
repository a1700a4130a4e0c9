// The markdown block: headings, lists, quotations, code, and what stands in a line.

import { html } from "./lib.js";
import { Link } from "./words.js";

const INLINE = /`([^`]+)`|\*\*([^*]+)\*\*|\*([^*]+)\*|_([^_]+)_|~~([^~]+)~~|\[([^\]]+)\]\(([^)\s]+)\)/g;

function inline(text) {
  const parts = [];
  let at = 0;
  for (const found of text.matchAll(INLINE)) {
    if (found.index > at) parts.push(text.slice(at, found.index));
    const [, code, bold, star, dash, struck, label, url] = found;
    if (code) parts.push(html`<code>${code}</code>`);
    else if (bold) parts.push(html`<strong>${inline(bold)}</strong>`);
    else if (star ?? dash) parts.push(html`<em>${inline(star ?? dash)}</em>`);
    else if (struck) parts.push(html`<s>${inline(struck)}</s>`);
    else parts.push(html`<${Link} url=${url}>${label}<//>`);
    at = found.index + found[0].length;
  }
  if (at < text.length) parts.push(text.slice(at));
  return parts;
}

const KINDS = [
  ["heading", /^#{1,6} +(.*)/],
  ["bullet", /^ *[-*+] +(.*)/],
  ["number", /^ *\d+[.)] +(.*)/],
  ["quote", /^> ?(.*)/],
];

function lineOf(text) {
  for (const [kind, pattern] of KINDS) {
    const found = pattern.exec(text);
    if (found) return { kind, text: found[1] };
  }
  return { kind: text.trim() ? "words" : "gap", text };
}

/** Lines of the same kind that follow each other, together. */
function runs(lines) {
  const found = [];
  for (const line of lines) {
    const last = found.at(-1);
    if (last?.kind === line.kind && line.kind !== "heading") last.lines.push(line.text);
    else found.push({ kind: line.kind, lines: [line.text] });
  }
  return found;
}

function run({ kind, lines }) {
  const entries = () => lines.map((line) => html`<li>${inline(line)}</li>`);
  if (kind === "heading") return html`<p class="heading">${inline(lines[0])}</p>`;
  if (kind === "bullet") return html`<ul>${entries()}</ul>`;
  if (kind === "number") return html`<ol>${entries()}</ol>`;
  if (kind === "quote") return html`<blockquote>${inline(lines.join(" "))}</blockquote>`;
  if (kind === "words") return html`<p>${inline(lines.join(" "))}</p>`;
  return null;
}

export const Markdown = ({ text }) => html`<div class="rich">
  ${text.split(/^```.*\n([^]*?)^```$\n?/m).map((part, number) =>
    number % 2 ? html`<pre>${part}</pre>` : runs(part.split("\n").map(lineOf)).map(run))}
</div>`;
