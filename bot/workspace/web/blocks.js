// Block Kit, block by block.  `press(block, action, chosen)` is told what was used.

import { html, useRef, useState } from "./lib.js";
import { Icon } from "./icons.js";
import { Markdown } from "./markdown.js";
import { Menu } from "./menu.js";
import { RichText } from "./rich_text.js";
import { Lines, Link, Mrkdwn } from "./words.js";

export const Blocks = ({ blocks, press, fields }) =>
  html`<div class="blocks">${blocks.map((block, number) => html`<${Block} key=${block.block_id ?? number} block=${block} press=${press} fields=${fields} />`)}</div>`;

const Text = ({ text }) => (text.type === "mrkdwn" ? html`<${Mrkdwn} text=${text.text} />` : html`<${Lines} text=${text.text} />`);

function Block({ block, press, fields }) {
  if (block.type === "rich_text") return html`<${RichText} block=${block} />`;
  if (block.type === "section") return html`<${Section} block=${block} press=${press} />`;
  if (block.type === "actions") {
    return html`<div class="actions">
      ${block.elements.map((element) => html`<${Control} key=${element.action_id} block=${block} element=${element} press=${press} />`)}
    </div>`;
  }
  if (block.type === "context_actions") {
    return html`<div class="actions quiet">
      ${block.elements.map((element) => html`<${Feedback} key=${element.action_id} block=${block} element=${element} press=${press} />`)}
    </div>`;
  }
  if (block.type === "context") {
    return html`<div class="context">
      ${block.elements.map((element) => element.type === "image" ? html`<${Picture} image=${element} />` : html`<span><${Text} text=${element} /></span>`)}
    </div>`;
  }
  if (block.type === "header") return html`<h3 class="header">${block.text.text}</h3>`;
  if (block.type === "divider") return html`<hr />`;
  if (block.type === "image") {
    return html`<figure>
      ${block.title ? html`<figcaption>${block.title.text}</figcaption>` : null}
      <${Picture} image=${block} />
    </figure>`;
  }
  if (block.type === "markdown") return html`<${Markdown} text=${block.text} />`;
  if (block.type === "input") return html`<${Field} block=${block} fields=${fields} />`;
  return html`<p class="unknown">A block of the kind ${block.type}, which this page cannot show.</p>`;
}

/** Pictures from elsewhere are not loaded: nothing leaves this machine.  Their words and their address are shown. */
const Picture = ({ image }) => html`<span class="picture"><${Link} url=${image.image_url}>${image.alt_text}<//></span>`;

const Section = ({ block, press }) => html`<div class="section">
  <div class="grow">
    ${block.text ? html`<p><${Text} text=${block.text} /></p>` : null}
    ${block.fields ? html`<div class="fields">${block.fields.map((field) => html`<p><${Text} text=${field} /></p>`)}</div>` : null}
  </div>
  ${block.accessory ? (block.accessory.type === "image" ? html`<${Picture} image=${block.accessory} />` : html`<${Control} block=${block} element=${block.accessory} press=${press} />`) : null}
</div>`;

function Control({ block, element, press }) {
  if (element.type === "overflow") {
    const entries = element.options.map((option) => ({
      label: option.text.text,
      act: () => press(block.block_id ?? "", element.action_id, option.value),
    }));
    return html`<${Menu} label="More" entries=${entries}><${Icon} name="more" /><//>`;
  }
  const use = () => press(block.block_id ?? "", element.action_id);
  return html`<button type="button" class=${`button ${element.style ?? ""}`} onClick=${use}>${element.text.text}</button>`;
}

function Feedback({ block, element, press }) {
  const [given, setGiven] = useState(null);
  if (element.type !== "feedback_buttons") return null;
  const sides = [["up", element.positive_button], ["down", element.negative_button]];
  return html`<div class="feedback" role="group" aria-label="Feedback">
    ${sides.map(([icon, button]) => html`<button type="button" class="ghost" aria-label=${button.text.text} title=${button.text.text}
      aria-pressed=${given === button.value} onClick=${() => { setGiven(button.value); press(block.block_id ?? "", element.action_id, button.value); }}>
      <${Icon} name=${icon} /></button>`)}
  </div>`;
}

const Choice = ({ element, common }) => html`<select ...${common}>
  <option value="">${element.placeholder?.text ?? ""}</option>
  ${element.options.map((option) => html`<option key=${option.value} value=${option.value}>${option.text.text}</option>`)}
</select>`;

/** A field of a form; what is written in it lands in `fields.values`, by block. */
function Field({ block, fields }) {
  const { element } = block;
  const id = useRef(`field-${block.block_id}`).current;
  const error = fields?.errors[block.block_id];
  const hint = error ? `${id}-error` : block.hint ? `${id}-hint` : undefined;
  const common = {
    id, class: "field", maxLength: element.max_length, placeholder: element.placeholder?.text,
    "aria-describedby": hint, "aria-invalid": Boolean(error), required: !block.optional,
    value: fields.values[block.block_id] ?? "",
    onInput: (event) => fields.write(block.block_id, event.target.value),
  };
  return html`<div class="input">
    <label for=${id}>${block.label.text}</label>
    ${element.type === "static_select" ? html`<${Choice} element=${element} common=${common} />`
      : element.multiline ? html`<textarea rows="4" ...${common}></textarea>` : html`<input type="text" ...${common} />`}
    ${block.hint ? html`<p class="hint" id=${`${id}-hint`}>${block.hint.text}</p>` : null}
    ${error ? html`<p class="error" id=${`${id}-error`}><${Icon} name="warn" /> ${error}</p>` : null}
  </div>`;
}
