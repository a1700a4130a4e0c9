// The few things of Preact and htm that the page uses, and a context that all of its parts share.

import { createContext, html, render, useContext, useEffect, useLayoutEffect, useMemo, useRef, useState } from "./vendor/htm-preact.js";

export { html, render, useEffect, useLayoutEffect, useMemo, useRef, useState };

const Shared = createContext(null);

export const Share = Shared.Provider;

/** What every part may need: who you are, what there is (`items`), and how to do something (`act`). */
export const useShared = () => useContext(Shared);

/** Calls `close` at Escape, and at a press outside the element. */
export function useDismiss(element, open, close) {
  useEffect(() => {
    if (!open) return undefined;
    const onKey = (event) => {
      if (event.key === "Escape") {
        event.stopPropagation();
        close();
      }
    };
    const onPress = (event) => element.current?.contains(event.target) || close();
    document.addEventListener("keydown", onKey, true);
    document.addEventListener("pointerdown", onPress, true);
    return () => {
      document.removeEventListener("keydown", onKey, true);
      document.removeEventListener("pointerdown", onPress, true);
    };
  }, [open]);
}

/** Moves the focus among the elements of a list with the arrow keys, Home and End. */
export function moveFocus(event, selector) {
  const steps = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 };
  const entries = [...event.currentTarget.querySelectorAll(selector)];
  const now = entries.indexOf(document.activeElement);
  let next = null;
  if (event.key in steps) next = (now + steps[event.key] + entries.length) % entries.length;
  if (event.key === "Home") next = 0;
  if (event.key === "End") next = entries.length - 1;
  if (next !== null && entries.length) {
    event.preventDefault();
    entries[next].focus();
  }
}
