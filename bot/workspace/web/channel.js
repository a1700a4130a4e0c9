// A channel or a direct message: its head, its messages, and the place to write.

import { html, useLayoutEffect, useRef } from "./lib.js";
import { useShared } from "./lib.js";
import { Composer } from "./composer.js";
import { Home } from "./home.js";
import { Icon } from "./icons.js";
import { messagesOf, statusOf } from "./live.js";
import { Message, Status } from "./message.js";
import { counted, dayOf } from "./words.js";

const CONTINUED_SECONDS = 300;

export function Channel({ channel, tab }) {
  const { items, act, edit, you } = useShared();
  const suggestions = suggestionsFor(items, channel);
  const all = messagesOf(items, channel.id);
  const shown = channel.direct ? all : all.filter((message) => !message.thread || message.thread === message.ts);
  const last = () => {
    const mine = shown.filter((message) => message.user === you && !message.deleted).at(-1);
    if (mine) edit(mine.ts);
  };
  const title = channel.direct ? "Quoth" : channel.name;
  return html`<main class="channel" aria-label=${title}>
    <${Head} channel=${channel} tab=${tab} />
    ${tab === "home"
      ? html`<${Home} />`
      : html`
        <${Scroll} label=${`Messages in ${title}`} key=${channel.id}>
          <${Beginning} channel=${channel} suggestions=${shown.length ? [] : suggestions} />
          <${MessageList} messages=${shown} all=${all} direct=${channel.direct} />
        <//>
        <div class="write">
          ${channel.direct ? html`<${Prompts} channel=${channel} empty=${shown.length === 0} />` : null}
          <${Composer} key=${channel.id} suggestions=${suggestions} last=${last} label=${channel.direct ? "Message Quoth" : `Message #${channel.name}`}
            send=${(text) => act("say", { channel: channel.id, text })} />
        </div>`}
  </main>`;
}

function Head({ channel, tab }) {
  const { openDrawer, toggleBehind, behind, goTo } = useShared();
  return html`<header class="head">
    <button type="button" class="ghost only-narrow" aria-label="Channels" onClick=${openDrawer}><${Icon} name="menu" /></button>
    <div class="title">
      <h1>${channel.direct ? "Quoth" : html`${channel.private ? html`<${Icon} name="lock" />` : html`<span class="hash" aria-hidden="true">#</span>`}${channel.name}`}</h1>
      ${channel.direct
        ? html`<div class="tabs" role="group" aria-label="Quoth">
            <button type="button" aria-pressed=${tab !== "home"} onClick=${() => goTo(channel.id)}>Messages</button>
            <button type="button" aria-pressed=${tab === "home"} onClick=${() => goTo(channel.id, "home")}>Home</button>
          </div>`
        : html`<p class="topic">${channel.topic}</p>`}
    </div>
    ${channel.direct ? null : html`<span class="members">${counted(channel.members.length - 1, "person", "people")} and Quoth</span>`}
    <button type="button" class="button look" aria-pressed=${behind} onClick=${toggleBehind}><${Icon} name="lens" /><span>Behind the answer</span></button>
  </header>`;
}

/** Questions for this channel, and those for everywhere. */
function suggestionsFor(items, channel) {
  const all = items.get("suggestions");
  return [...(all[channel.id] ?? []), ...all[""]];
}

/** Keeps the end in sight as long as the person has not scrolled away from it. */
export function Scroll({ label, children }) {
  const element = useRef(null);
  const stick = useRef(true);
  useLayoutEffect(() => {
    if (stick.current) element.current.scrollTop = element.current.scrollHeight;
  });
  const onScroll = ({ target }) => {
    stick.current = target.scrollHeight - target.scrollTop - target.clientHeight < 60;
  };
  return html`<div class="scroll" ref=${element} onScroll=${onScroll} role="log" aria-label=${label} tabindex="0">${children}</div>`;
}

/** `all`: with the replies.  In direct messages these stand in line. */
export function MessageList({ messages, all, direct, inThread }) {
  const { items } = useShared();
  let before = null;
  return messages.map((message) => {
    const newDay = !before || dayOf(before.ts) !== dayOf(message.ts);
    const continued = before && !newDay && before.user === message.user && before.alone === message.alone
      && !message.alone && message.ts - before.ts < CONTINUED_SECONDS && !before.deleted && !message.deleted;
    before = message;
    const replies = direct || inThread ? undefined : all.filter((each) => each.thread === message.ts && each.ts !== message.ts && !each.deleted);
    const status = direct ? statusOf(items, message.channel, message.ts) : "";
    return html`
      ${newDay && !inThread ? html`<div class="day" key=${`day ${message.ts}`}><span>${dayOf(message.ts)}</span></div>` : null}
      <${Message} key=${message.ts} message=${message} continued=${continued} replies=${replies} />
      ${status ? html`<${Status} key=${`status ${message.ts}`} text=${status} />` : null}`;
  });
}

function Beginning({ channel, suggestions }) {
  const { act } = useShared();
  if (channel.direct) {
    return html`<div class="beginning"><h2>Direct messages with Quoth</h2>
      <p>Ask in plain words. Quoth answers with words of the documents, or says that they don't say.</p></div>`;
  }
  return html`<div class="beginning">
    <h2>${channel.private ? html`<${Icon} name="lock" />` : "#"}${channel.name}</h2>
    <p>${channel.topic}. Type <code>/ask</code> and a question: only you see the answer. Or mention <code>@quoth</code>: it answers in a thread, for all.</p>
    ${suggestions.length ? html`<div class="chips" role="group" aria-label="Questions to try">
      ${suggestions.slice(0, 4).map((question) => html`<button type="button" class="chip" key=${question}
        onClick=${() => act("say", { channel: channel.id, text: `/ask ${question}` })}>${question}</button>`)}
    </div>` : null}
  </div>`;
}

/** The questions that Quoth suggests in its direct messages. */
function Prompts({ channel, empty }) {
  const { items, act } = useShared();
  const prompts = items.get(`prompts ${channel.id}`) ?? [];
  if (!empty || !prompts.length) return null;
  return html`<div class="chips" role="group" aria-label="Suggested by Quoth">
    ${prompts.map((prompt) => html`<button type="button" class="chip" key=${prompt.message}
      onClick=${() => act("say", { channel: channel.id, text: prompt.message })}>${prompt.title}</button>`)}
  </div>`;
}
