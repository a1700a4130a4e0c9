// The pane that shows what stands behind an answer: passages, heat, time; the traffic; the documents.

import { html, moveFocus, useEffect, useState } from "./lib.js";
import { useShared } from "./lib.js";
import { Icon } from "./icons.js";
import { Insight } from "./insight.js";
import { fetchJson } from "./live.js";
import { counted, timeOf } from "./words.js";

const TABS = [["answer", "Answer"], ["traffic", "Traffic"], ["documents", "Documents"]];

export function Behind({ tab, setTab, close }) {
  return html`<aside class="pane behind" aria-label="Behind the answer">
    <header class="head">
      <button type="button" class="ghost only-narrow" aria-label="Back" onClick=${close}><${Icon} name="back" /></button>
      <div class="title"><h2>Behind the answer</h2></div>
      <button type="button" class="ghost only-wide" aria-label="Close the pane" title="Close" onClick=${close}><${Icon} name="close" /></button>
    </header>
    <div class="tabs wide" role="tablist" aria-label="What to show" onKeyDown=${(event) => moveFocus(event, "[role=tab]")}>
      ${TABS.map(([name, label]) => html`<button type="button" role="tab" key=${name} id=${`tab-${name}`} aria-selected=${tab === name}
        aria-controls="behind-panel" tabindex=${tab === name ? 0 : -1} onClick=${() => setTab(name)} onFocus=${() => setTab(name)}>${label}</button>`)}
    </div>
    <div class="scroll" id="behind-panel" role="tabpanel" aria-labelledby=${`tab-${tab}`} tabindex="0">
      ${tab === "answer" ? html`<${Insight} />` : tab === "traffic" ? html`<${Traffic} />` : html`<${Documents} />`}
    </div>
  </aside>`;
}

function Traffic() {
  const { items } = useShared();
  const [exchanges, setExchanges] = useState(null);
  const count = items.get("traffic");
  useEffect(() => {
    const timer = setTimeout(() => fetchJson("/traffic").then(setExchanges, () => {}), 150);
    return () => clearTimeout(timer);
  }, [count]);
  if (exchanges === null) return html`<p class="empty">Looking…</p>`;
  return html`<p class="lead">What goes between Slack and the bot, the latest first. Tokens are hidden.</p>
    <ol class="traffic">${exchanges.map((each) => html`<li key=${each.number}><details>
      <summary><span class=${`way ${each.way === "to slack" ? "out" : "in"}`}>${each.way === "to slack" ? "Quoth → Slack" : "Slack → Quoth"}</span>
        <code>${each.name}</code><span class="took">${timeOf(each.at)}${each.milliseconds === null ? "" : ` · ${each.milliseconds} ms`}</span></summary>
      <pre tabindex="0">${JSON.stringify(each.body, null, 2)}</pre>
      ${each.answer ? html`<p class="small">${each.way === "to slack" ? "Answered" : "Acknowledged with"}</p><pre tabindex="0">${JSON.stringify(each.answer, null, 2)}</pre>` : null}
    </details></li>`)}</ol>`;
}

function Documents() {
  const { items } = useShared();
  const documents = items.get("documents") ?? [];
  const collections = [...new Set(documents.map((each) => each.collection))];
  return html`<p class="lead">${counted(documents.length, "document", "documents")} to quote from. Drop files on the page to add to them.</p>
    ${collections.map((name) => html`<section key=${name} class="collection"><h3>${name}</h3><ul>
      ${documents.filter((each) => each.collection === name).map((each) => html`<li key=${each.path}>
        <span class="grow">${each.title}<span class="path">${each.path}</span></span>
        <span class="took">${counted(each.passages, "passage", "passages")}</span></li>`)}
    </ul></section>`)}`;
}
