// A message: who, when, what, and what one can do with it.

import { html, useRef, useState } from "./lib.js";
import { useShared } from "./lib.js";
import { Blocks } from "./blocks.js";
import { Composer } from "./composer.js";
import { Avatar, Icon } from "./icons.js";
import { statusOf } from "./live.js";
import { Menu } from "./menu.js";
import { counted, decoded, Mrkdwn, nameOf, timeOf } from "./words.js";

/** `continued`: the same person wrote the one above, just before.  `replies`: those below it, where they are elsewhere. */
export function Message({ message, continued, replies }) {
  const shared = useShared();
  const { act, you, team, editing, edit } = shared;
  const bot = message.user === team.bot;
  const name = nameOf(shared, message.user);
  const place = { channel: message.channel, ts: message.ts };
  if (message.deleted) {
    return html`<article class="message"><span class="avatar none" aria-hidden="true"></span>
      <div class="body"><p class="gone">This message was deleted.</p><${Below} message=${message} replies=${replies} /></div></article>`;
  }
  return html`<article class=${`message ${continued ? "continued" : ""} ${message.alone ? "alone" : ""}`} data-ts=${message.ts} aria-label=${`${name}, ${timeOf(message.ts)}`}>
    ${continued ? html`<span class="when" aria-hidden="true">${timeOf(message.ts)}</span>` : html`<${Avatar} user=${message.user} name=${name} bot=${bot} />`}
    <div class="body">
      ${message.alone ? html`<p class="only-you"><${Icon} name="eye" /> Only visible to you</p>` : null}
      ${continued ? null : html`<p class="by"><strong>${name}</strong>${bot ? html`<span class="badge">App</span>` : null}<time>${timeOf(message.ts)}</time></p>`}
      ${editing === message.ts
        ? html`<${Composer} label="Edit the message" start=${asTyped(shared, message.text)} cancel=${() => edit(null)}
            send=${async (text) => { const done = await act("edit", { ...place, text }); if (done) edit(null); return done; }} />`
        : message.blocks.length
          ? html`<${Blocks} blocks=${message.blocks} press=${(block, action, chosen) => act("press", { ...place, block, action, chosen })} />`
          : html`<p class="words"><${Mrkdwn} text=${message.text} />${message.edited ? html` <span class="edited">(edited)</span>` : null}</p>`}
      <${Below} message=${message} replies=${replies} />
    </div>
    ${editing === message.ts ? null : html`<${Tools} message=${message} mine=${message.user === you} replies=${replies} />`}
  </article>`;
}

/** What stands below a message: its replies, and what the bot is doing there. */
function Below({ message, replies }) {
  const { items, openThread } = useShared();
  if (replies === undefined) return null;
  const status = statusOf(items, message.channel, message.ts);
  return html`
    ${replies.length ? html`<button type="button" class="replies" onClick=${() => openThread(message)}>
      ${counted(replies.length, "reply", "replies")}<span class="last">last at ${timeOf(replies.at(-1).ts)}</span></button>` : null}
    ${status ? html`<${Status} text=${status} />` : null}`;
}

export const Status = ({ text }) => html`<p class="status" role="status"><span class="dots" aria-hidden="true"><i></i><i></i><i></i></span>Quoth ${text}…</p>`;

function Tools({ message, mine, replies }) {
  const { act, app, edit, openThread } = useShared();
  const place = { channel: message.channel, ts: message.ts };
  if (message.alone) return null;
  const entries = app.shortcuts.map((each) => ({
    label: each.name,
    act: () => act("shortcut", { ...place, shortcut: each.callback_id }),
  }));
  if (replies !== undefined) entries.unshift({ label: "Reply in thread", act: () => openThread(message) });
  if (mine) {
    entries.push({ label: "Edit message", act: () => edit(message.ts) });
    entries.push({ label: "Delete message", danger: true, act: () => act("delete", place) });
  }
  return html`<div class="tools">
    ${replies !== undefined ? html`<button type="button" class="ghost" aria-label="Reply in thread" title="Reply in thread" onClick=${() => openThread(message)}><${Icon} name="reply" /></button>` : null}
    <${Menu} label="More actions" entries=${entries}><${Icon} name="more" /><//>
  </div>`;
}

/** A message's text as it was typed: mentions by name, no entities. */
function asTyped(shared, text) {
  return decoded(text.replace(/<@(\w+)>/g, (_, user) => `@${shared.people[user] ?? user}`));
}
