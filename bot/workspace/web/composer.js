// Where one writes: Enter sends, Shift+Enter makes a line; commands, questions and names are completed.

import { html, useLayoutEffect, useRef, useState } from "./lib.js";
import { useShared } from "./lib.js";
import { Icon } from "./icons.js";

const MOST = 6;

/** `send(text)` gives false where nothing was sent: the text comes back then.  `last` is called at an arrow up in an empty field.
 *  `suggestions`: questions to complete commands with; without them there are no commands here. */
export function Composer({ label, placeholder, send, start = "", cancel, last, suggestions }) {
  const shared = useShared();
  const [text, setText] = useState(start);
  const [active, setActive] = useState(null);
  const [closed, setClosed] = useState(null); // the text for which the list was closed
  const field = useRef(null);
  const list = useRef(`list-${Math.random().toString(36).slice(2)}`).current;

  const offered = closed === text ? [] : completions(shared, text, suggestions);
  const chosen = offered.length ? Math.min(active ?? (offered[0].eager ? 0 : -1), offered.length - 1) : -1;

  useLayoutEffect(() => {
    const element = field.current;
    element.style.height = "auto";
    element.style.height = `${Math.min(element.scrollHeight, 180)}px`;
  }, [text]);
  useLayoutEffect(() => {
    if (start) field.current.focus();
  }, []);

  const write = (value) => {
    setText(value);
    setActive(null);
  };
  const take = (entry) => {
    write(entry.insert);
    setClosed(entry.more ? null : entry.insert);
    field.current.focus();
  };
  const submit = async () => {
    if (!text.trim()) return;
    write(""); // at once: a second Enter sends nothing again, and what is typed meanwhile stays
    if ((await send(text)) === false) setText((since) => [text, since].filter(Boolean).join("\n"));
  };

  const onKeyDown = (event) => {
    if (event.isComposing) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && offered.length) {
      event.preventDefault();
      setActive((chosen + step + offered.length + (chosen < 0 && step < 0 ? 1 : 0)) % offered.length);
    } else if (event.key === "ArrowUp" && !text && last) {
      event.preventDefault();
      last();
    } else if ((event.key === "Enter" || event.key === "Tab") && chosen >= 0) {
      event.preventDefault();
      take(offered[chosen]);
    } else if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      submit();
    } else if (event.key === "Escape" && (offered.length || cancel)) {
      event.stopPropagation();
      if (offered.length) setClosed(text);
      else cancel();
    }
  };

  return html`<form class="composer" onSubmit=${(event) => { event.preventDefault(); submit(); }}>
    ${offered.length ? html`<ul class="offered" role="listbox" id=${list} aria-label="Completions">
      ${offered.map((entry, number) => html`<li role="option" key=${entry.insert} id=${`${list}-${number}`} aria-selected=${number === chosen}
        onPointerDown=${(event) => { event.preventDefault(); take(entry); }}><span>${entry.label}</span><span class="hint">${entry.hint}</span></li>`)}
    </ul>` : null}
    <textarea ref=${field} rows="1" aria-label=${label} placeholder=${placeholder ?? label} value=${text} spellcheck="true"
      role="combobox" aria-autocomplete="list" aria-expanded=${offered.length > 0} aria-controls=${list}
      aria-activedescendant=${chosen >= 0 ? `${list}-${chosen}` : undefined}
      onInput=${(event) => write(event.target.value)} onKeyDown=${onKeyDown}></textarea>
    ${cancel ? html`<button type="button" class="button" onClick=${cancel}>Cancel</button>` : null}
    <button type="submit" class="send" aria-label=${cancel ? "Save" : "Send"} title=${cancel ? "Save" : "Send"} disabled=${!text.trim()}><${Icon} name=${cancel ? "check" : "send"} /></button>
  </form>`;
}

function completions({ app, people, team, you }, text, suggestions) {
  if (suggestions && text.startsWith("/")) {
    const [word, ...rest] = text.split(" ");
    const command = app.commands.find((each) => each.command === word);
    if (command && rest.length) return questions(word, rest.join(" "), suggestions);
    return app.commands
      .filter((each) => each.command.startsWith(word))
      .map((each) => ({ label: each.command, hint: each.description, insert: `${each.command} `, eager: true, more: true }));
  }
  const typed = /(^|\s)@(\w*)$/.exec(text);
  if (!typed) return [];
  return Object.entries(people)
    .filter(([user, name]) => user !== you && name.toLowerCase().startsWith(typed[2].toLowerCase()))
    .map(([user, name]) => ({
      label: `@${name}`, hint: user === team.bot ? "ask and be answered in a thread" : "", eager: true,
      insert: `${text.slice(0, text.length - typed[2].length)}${name} `,
    }));
}

function questions(command, written, suggestions) {
  const words = written.toLowerCase().trim();
  const fixed = [["help", "how to ask"], ["sources", "what there is to ask about"]];
  return [
    ...suggestions.filter((each) => each.toLowerCase().includes(words) && each !== written).map((each) => [each, ""]),
    ...fixed.filter(([each]) => each.startsWith(words) && each !== words),
  ]
    .slice(0, MOST)
    .map(([each, hint]) => ({ label: each, hint, insert: `${command} ${each}`, eager: false }));
}
