// The window that the bot opens in front of somebody: something to read, or a form.

import { html, useEffect, useRef, useState } from "./lib.js";
import { useShared } from "./lib.js";
import { Blocks } from "./blocks.js";
import { Icon } from "./icons.js";

export function Modal() {
  const { items, act } = useShared();
  const open = items.get("window");
  return open ? html`<${Opened} key=${open.view.id} open=${open} act=${act} />` : null;
}

function Opened({ open, act }) {
  const { view, errors } = open;
  const dialog = useRef(null);
  const [values, setValues] = useState(() => initially(view));
  const [sent, setSent] = useState(false);
  const [missing, setMissing] = useState({});
  useEffect(() => {
    const element = dialog.current;
    element.showModal();
    element.querySelector("textarea, input, select")?.focus();
    return () => element.close(); // which gives the focus back to what opened it
  }, []);
  useEffect(() => setSent(false), [errors]);
  const close = () => act("close", {});
  const submit = async (event) => {
    event.preventDefault();
    const lacking = unchosen(view, values);
    setMissing(lacking);
    if (Object.keys(lacking).length) return;
    setSent(true);
    if (!(await act("submit", { values }))) setSent(false);
  };
  const fields = { values, errors: { ...errors, ...missing }, write: (block, value) => setValues((before) => ({ ...before, [block]: value })) };
  return html`<dialog ref=${dialog} class="modal" aria-labelledby="modal-title" onCancel=${(event) => { event.preventDefault(); close(); }}>
    <form onSubmit=${submit} novalidate>
      <header><h2 id="modal-title">${view.title.text}</h2>
        <button type="button" class="ghost" aria-label="Close the window" onClick=${close}><${Icon} name="close" /></button></header>
      <div class="content" tabindex="0" role="region" aria-label=${view.title.text}>
        <${Blocks} blocks=${view.blocks} fields=${fields} press=${(block, action, chosen) => act("press_in_window", { block, action, chosen })} />
      </div>
      <footer>
        <button type="button" class="button" onClick=${close}>${view.close?.text ?? "Close"}</button>
        ${view.submit ? html`<button type="submit" class="button primary" disabled=${sent}>${view.submit.text}</button>` : null}
      </footer>
    </form>
  </dialog>`;
}

/** What stands in a form's fields at first, by block: what is sent where nobody writes. */
function initially(view) {
  const fields = view.blocks.filter((block) => block.type === "input" && block.element.initial_value);
  return Object.fromEntries(fields.map((block) => [block.block_id, block.element.initial_value]));
}

/** What is wrong in a form that Slack would not even send: nothing is chosen where something must be. */
function unchosen(view, values) {
  const choices = view.blocks.filter((block) => block.element?.type === "static_select" && !block.optional);
  return Object.fromEntries(choices.filter((block) => !values[block.block_id]).map((block) => [block.block_id, "Choose something first."]));
}
