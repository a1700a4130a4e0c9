// Quoth's App Home.

import { html } from "./lib.js";
import { useShared } from "./lib.js";
import { Blocks } from "./blocks.js";

export function Home() {
  const { items } = useShared();
  const view = items.get("home");
  return html`<div class="scroll home" tabindex="0" role="region" aria-label="Quoth's Home">
    ${view ? html`<${Blocks} blocks=${view.blocks} press=${() => false} />` : html`<p class="empty">Waiting for Quoth…</p>`}
  </div>`;
}
