// The pane with a thread.

import { html } from "./lib.js";
import { useShared } from "./lib.js";
import { MessageList, Scroll } from "./channel.js";
import { Composer } from "./composer.js";
import { Icon } from "./icons.js";
import { messagesOf, statusOf } from "./live.js";
import { Status } from "./message.js";
import { counted } from "./words.js";

export function Thread({ channel, ts, close }) {
  const { items, act } = useShared();
  const whole = messagesOf(items, channel.id).filter((message) => message.ts === ts || message.thread === ts);
  const [root, replies] = [whole.filter((message) => message.ts === ts), whole.filter((message) => message.ts !== ts)];
  const status = statusOf(items, channel.id, ts);
  return html`<aside class="pane" aria-label="Thread">
    <header class="head">
      <button type="button" class="ghost only-narrow" aria-label="Back" onClick=${close}><${Icon} name="back" /></button>
      <div class="title"><h2>Thread</h2><p class="topic">#${channel.name}</p></div>
      <button type="button" class="ghost only-wide" aria-label="Close the thread" title="Close" onClick=${close}><${Icon} name="close" /></button>
    </header>
    <${Scroll} label="Messages in the thread" key=${ts}>
      <${MessageList} messages=${root} all=${whole} inThread=${true} />
      ${replies.length ? html`<div class="day"><span>${counted(replies.length, "reply", "replies")}</span></div>` : null}
      <${MessageList} messages=${replies} all=${whole} inThread=${true} />
      ${status ? html`<${Status} text=${status} />` : null}
    <//>
    <div class="write">
      <${Composer} key=${ts} label="Reply in the thread" send=${(text) => act("say", { channel: channel.id, text, thread: ts })} />
    </div>
  </aside>`;
}
