// The channels, the direct messages, who one is, and how it looks.

import { html, moveFocus } from "./lib.js";
import { useShared } from "./lib.js";
import { Avatar, Icon } from "./icons.js";
import { channelsOf } from "./live.js";

export function Sidebar({ place, unread, open, close, theme, setTheme, addFiles }) {
  const { items, team, cast, you, play, goTo } = useShared();
  const channels = channelsOf(items);
  const entry = (channel) => html`<li key=${channel.id}>
    <button type="button" class=${`entry ${unread.has(channel.id) ? "unread" : ""}`} aria-current=${channel.id === place ? "page" : undefined}
      onClick=${() => goTo(channel.id)}>
      ${channel.direct ? html`<${Avatar} bot=${true} />` : channel.private ? html`<${Icon} name="lock" />` : html`<span class="hash" aria-hidden="true">#</span>`}
      <span class="name">${channel.direct ? "Quoth" : channel.name}</span>
      ${unread.has(channel.id) ? html`<span class="new">new</span>` : null}
    </button></li>`;
  return html`<nav class=${`sidebar ${open ? "open" : ""}`} aria-label="Workspace">
    <header><div><strong>${team.name}</strong><span>Local workspace</span></div>
      <button type="button" class="ghost only-narrow" aria-label="Close the list" onClick=${close}><${Icon} name="close" /></button></header>
    <div class="lists" onKeyDown=${(event) => moveFocus(event, ".entry")}>
      <h2>Channels</h2>
      <ul>${channels.filter((channel) => !channel.direct).map(entry)}</ul>
      <h2>Direct messages</h2>
      <ul>${channels.filter((channel) => channel.direct).map(entry)}</ul>
      <h2>Documents</h2>
      <ul><li><label class="entry add"><${Icon} name="file" /><span class="name">Add files…</span>
        <input type="file" multiple onChange=${({ target }) => { addFiles([...target.files]); target.value = ""; }} /></label></li></ul>
      <p class="note">Or drop them anywhere on the page.</p>
    </div>
    <footer>
      <p class="small" id="you-are">You are</p>
      <div class="cast" role="group" aria-labelledby="you-are">
        ${cast.map((person) => html`<button type="button" key=${person.id} aria-pressed=${person.id === you} onClick=${() => play(person.id)}>
          <${Avatar} user=${person.id} name=${person.name} />${person.name}</button>`)}
      </div>
      <button type="button" class="theme" onClick=${() => setTheme(theme === "dark" ? "light" : "dark")}>
        <${Icon} name=${theme === "dark" ? "sun" : "moon"} />${theme === "dark" ? "Light" : "Dark"} mode</button>
    </footer>
  </nav>`;
}
