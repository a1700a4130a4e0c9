// Slack's rich_text blocks.

import { html } from "./lib.js";
import { ChannelName, Link, Person } from "./words.js";

export const RichText = ({ block }) => html`<div class="rich">${block.elements.map(container)}</div>`;

function container(element) {
  if (element.type === "rich_text_section") return html`<p>${element.elements.map(leaf)}</p>`;
  if (element.type === "rich_text_quote") return html`<blockquote>${element.elements.map(leaf)}</blockquote>`;
  if (element.type === "rich_text_preformatted") return html`<pre>${element.elements.map(leaf)}</pre>`;
  if (element.type === "rich_text_list") {
    const entries = element.elements.map((entry) => html`<li>${entry.elements.map(leaf)}</li>`);
    return element.style === "ordered" ? html`<ol>${entries}</ol>` : html`<ul>${entries}</ul>`;
  }
  return null;
}

function leaf(element) {
  if (element.type === "text") return styled(element.text, element.style);
  if (element.type === "link") return html`<${Link} url=${element.url}>${styled(element.text ?? element.url, element.style)}<//>`;
  if (element.type === "user") return html`<${Person} user=${element.user_id} />`;
  if (element.type === "channel") return html`<${ChannelName} channel=${element.channel_id} />`;
  if (element.type === "broadcast") return html`<span class="mention">@${element.range}</span>`;
  if (element.type === "emoji") return `:${element.name}:`;
  return null;
}

function styled(text, style = {}) {
  let shown = text;
  if (style.code) shown = html`<code>${shown}</code>`;
  if (style.bold) shown = html`<strong>${shown}</strong>`;
  if (style.italic) shown = html`<em>${shown}</em>`;
  if (style.strike) shown = html`<s>${shown}</s>`;
  return shown;
}
