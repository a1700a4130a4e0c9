// A button with a menu below it.

import { html, moveFocus, useDismiss, useLayoutEffect, useRef, useState } from "./lib.js";

/** `entries`: what there is to choose, each with a label and what it does. */
export function Menu({ label, entries, children }) {
  const [open, setOpen] = useState(false);
  const whole = useRef(null);
  const opener = useRef(null);
  const close = () => {
    setOpen(false);
    opener.current?.focus();
  };
  useDismiss(whole, open, close);
  useLayoutEffect(() => {
    if (open) whole.current.querySelector("[role=menuitem]")?.focus();
  }, [open]);
  return html`<div class="menu" ref=${whole}>
    <button type="button" class="ghost" ref=${opener} aria-label=${label} title=${label} aria-haspopup="menu" aria-expanded=${open}
      onClick=${() => setOpen(!open)}>${children}</button>
    ${open ? html`<div class="entries" role="menu" aria-label=${label} onKeyDown=${(event) => moveFocus(event, "[role=menuitem]")}>
      ${entries.map((entry) => html`<button type="button" role="menuitem" class=${entry.danger ? "danger" : ""} key=${entry.label}
        onClick=${() => { close(); entry.act(); }}>${entry.label}</button>`)}
    </div>` : null}
  </div>`;
}
