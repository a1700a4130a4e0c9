// How the last answer came about.

import { html, useEffect, useState } from "./lib.js";
import { useShared } from "./lib.js";
import { fetchJson } from "./live.js";
import { Link } from "./words.js";

const percent = (share) => `${Math.round(100 * share)}%`;

export function Insight() {
  const { items, you } = useShared();
  const [known, setKnown] = useState(undefined);
  const count = items.get("traffic"); // whatever is answered goes over the line
  useEffect(() => {
    let stale = false;
    const look = () => fetchJson(`/insight?person=${encodeURIComponent(you)}`).then((found) => stale || setKnown(found), () => {});
    const timer = setTimeout(look, 200);
    return () => { stale = true; clearTimeout(timer); };
  }, [count, you]);
  if (known === undefined) return html`<p class="empty">Looking…</p>`;
  if (known === null) return html`<p class="empty">Ask something first: here you will see what Quoth read for it, and how sure it was.</p>`;
  return html`<section class="asked"><p class="small">Your last question</p><p class="question">${known.question}</p></section>
    ${known.outcome ? html`<${Outcome} outcome=${known.outcome} />` : html`<p class="empty">${known.state}</p>`}`;
}

const Outcome = ({ outcome }) => html`
  <section><h3>Confidence</h3><${Confidence} outcome=${outcome} /></section>
  <section><h3>Where the reader saw it</h3>
    <p class="small">The warmer a word, the likelier it belongs to the answer, in its window alone. Read once more for this view.</p>
    ${outcome.warm.map((window, number) => html`<${Window} key=${number} window=${window} />`)}</section>
  <section><h3>Passages that were read</h3><${Passages} rows=${outcome.passages} /></section>
  <section><h3>Time</h3><${Stages} stages=${outcome.stages} windows=${outcome.windows} read=${outcome.read} stopped=${outcome.stopped} /></section>`;

function Confidence({ outcome }) {
  const said = outcome.answer ? html`“${outcome.answer}”` : outcome.sentence;
  const sure = outcome.confidence ?? 0;
  return html`<p class="said">${said}</p>
    <div class="gauge" role="img" aria-label=${`The best candidate has ${percent(sure)}; an answer needs ${percent(outcome.threshold)}.`}>
      <span class=${`fill ${outcome.answer ? "" : "short"}`} style=${{ "--share": sure }}></span><span class="mark" style=${{ "--share": outcome.threshold }}></span></div>
    <p class="small">${percent(sure)} for the best candidate; an answer needs ${percent(outcome.threshold)}. That the documents do not say: ${percent(outcome.nothing)}.</p>`;
}

const Window = ({ window }) => html`<figure class="window"><figcaption>${window.place}</figcaption>
  <p>${window.pieces.map(([text, heat], number) => html`<span key=${number} class=${heat >= 0.02 ? "warm" : ""} style=${{ "--heat-share": Math.round(100 * heat) }}>${text}</span>`)}</p></figure>`;

function Passages({ rows }) {
  const highest = Math.max(...rows.map((row) => row.bm25), 1e-9);
  const ranked = [...rows].sort((a, b) => b.probability - a.probability);
  return html`<table class="passages"><thead><tr><th scope="col">Passage</th><th scope="col">BM25</th><th scope="col">Right</th></tr></thead>
    <tbody>${ranked.map((row, number) => html`<tr key=${number}>
      <td><${Link} url=${row.url ?? ""}>${row.place}<//><span class="terms">${row.words.join(", ")}</span></td>
      <td class="number"><span class="bar" style=${{ "--share": row.bm25 / highest }}></span>${row.bm25.toFixed(1)}</td>
      <td class="number">${(100 * row.probability).toFixed(1)}%</td></tr>`)}</tbody></table>`;
}

function Stages({ stages, windows, read, stopped }) {
  const whole = stages.reduce((sum, stage) => sum + stage.milliseconds, 0);
  return html`<p class="small">${read} passages in ${windows} windows, ${Math.round(whole)} ms in all. ${stopped}</p>
    <dl class="stages">${stages.map((stage) => html`<div key=${stage.name}><dt>${stage.name}</dt>
      <dd><span class="bar" style=${{ "--share": stage.milliseconds / Math.max(whole, 1e-9) }}></span>${stage.milliseconds.toFixed(stage.milliseconds < 10 ? 1 : 0)} ms</dd></div>`)}</dl>`;
}
