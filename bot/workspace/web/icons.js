// Small drawings, all strokes on 24 by 24.

import { html } from "./lib.js";

const PATHS = {
  menu: "M4 7h16M4 12h16M4 17h16",
  close: "M6 6l12 12M18 6L6 18",
  back: "M15 5l-7 7 7 7",
  lock: "M7 11V8a5 5 0 0110 0v3M5.500 11h13v9h-13z",
  reply: "M4 5h16v11h-8l-5 4v-4H4z",
  more: "M5 12h.01M12 12h.01M19 12h.01",
  send: "M4 12l16-8-6 16-3-7z",
  eye: "M2.500 12S6 5.500 12 5.500 21.500 12 21.500 12 18 18.500 12 18.500 2.500 12 2.500 12zM12 9.500a2.500 2.500 0 100 5 2.500 2.500 0 000-5z",
  lens: "M10.500 4a6.500 6.500 0 100 13 6.500 6.500 0 000-13zM15.500 15.500L21 21",
  file: "M6 3h8l4 4v14H6zM14 3v4h4",
  sun: "M12 8a4 4 0 100 8 4 4 0 000-8zM12 2.500v2M12 19.500v2M2.500 12h2M19.500 12h2M5.300 5.300l1.400 1.400M17.300 17.300l1.400 1.400M18.700 5.300l-1.400 1.400M6.700 17.300l-1.400 1.400",
  moon: "M20 14.500A8.500 8.500 0 019.500 4a8.500 8.500 0 1010.500 10.500z",
  up: "M7 11v9H4v-9zM7 11l4-8c1.500 0 2.500 1 2.500 2.500V9H19c1 0 1.700 1 1.500 2l-1.500 7.500c-.2 1-.9 1.500-1.800 1.500H7",
  down: "M17 13V4h3v9zM17 13l-4 8c-1.500 0-2.500-1-2.500-2.500V15H5c-1 0-1.700-1-1.500-2L5 5.500C5.200 4.500 5.900 4 6.800 4H17",
  check: "M5 12.500l4.500 4.500L19 7.500",
  warn: "M12 4L2.500 20h19zM12 10v4.500M12 17.200h.01",
};

export const Icon = ({ name }) => html`
  <svg class=${`icon icon-${name}`} viewBox="0 0 24 24" aria-hidden="true" focusable="false"><path d=${PATHS[name]} /></svg>
`;

/** A person's initial on a colour of their own, or Quoth's quotation mark. */
export function Avatar({ user, name, bot }) {
  if (bot) {
    return html`<span class="avatar bot" aria-hidden="true">
      <svg viewBox="0 0 32 32"><path d="M8 22v-5.500C8 12.800 10 10.300 13.500 9.500v3c-1.800.6-2.700 1.800-2.700 3.500H14v6zm9.500 0v-5.500c0-3.700 2-6.200 5.500-7v3c-1.800.6-2.700 1.800-2.700 3.500h3.200v6z" /></svg>
    </span>`;
  }
  const hue = [...user].reduce((sum, character) => sum + character.codePointAt(0), 0) % 4;
  return html`<span class="avatar hue-${hue}" aria-hidden="true">${name.slice(0, 1).toUpperCase()}</span>`;
}
