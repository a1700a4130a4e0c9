// Files that are dropped on the page, and what becomes of them.

import { html, useEffect, useState } from "./lib.js";
import { useShared } from "./lib.js";
import { Icon } from "./icons.js";
import { sendFile } from "./live.js";

const DONE_MILLISECONDS = 15_000;

/** Takes files that are dropped anywhere; whether some hover over the page. */
export function useDrop(addFiles) {
  const [over, setOver] = useState(false);
  useEffect(() => {
    const carries = (event) => event.dataTransfer?.types.includes("Files");
    const onOver = (event) => {
      if (!carries(event)) return;
      event.preventDefault();
      setOver(true);
    };
    const onLeave = (event) => event.relatedTarget === null && setOver(false);
    const onDrop = (event) => {
      if (!carries(event)) return;
      event.preventDefault();
      setOver(false);
      addFiles([...event.dataTransfer.files]);
    };
    document.addEventListener("dragover", onOver);
    document.addEventListener("dragleave", onLeave);
    document.addEventListener("drop", onDrop);
    return () => {
      document.removeEventListener("dragover", onOver);
      document.removeEventListener("dragleave", onLeave);
      document.removeEventListener("drop", onDrop);
    };
  }, [addFiles]);
  return over;
}

/** Send files one after the other; `complain` is told of those that were not taken. */
export async function sendFiles(person, files, complain) {
  for (const file of files) {
    try {
      await sendFile(person, file);
    } catch (error) {
      complain(`${file.name}: ${error.message}`);
    }
  }
}

export const DropHere = () => html`<div class="drop-here"><p><${Icon} name="file" />Drop files here: Quoth reads them at once</p></div>`;

/** What became of the files that were dropped since the page was opened, until they are waved away. */
export function Uploads() {
  const { items } = useShared();
  const all = items.get("uploads") ?? [];
  const [seen, setSeen] = useState(() => new Set(all.map((each) => each.number)));
  const uploads = all.filter((each) => !seen.has(each.number));
  const wave = (number) => setSeen((before) => new Set([...before, number]));
  return html`<div class="uploads" role="status" aria-label="Files">
    ${uploads.map((each) => html`<${Upload} key=${each.number} upload=${each} wave=${() => wave(each.number)} />`)}
  </div>`;
}

function Upload({ upload, wave }) {
  const { name, state } = upload;
  useEffect(() => {
    if (state !== "done") return undefined;
    const timer = setTimeout(wave, DONE_MILLISECONDS);
    return () => clearTimeout(timer);
  }, [state]);
  return html`<div class=${`upload ${state}`}>
    ${state === "done" ? html`<${Icon} name="check" />` : state === "failed" ? html`<${Icon} name="warn" />` : html`<span class="wheel" aria-hidden="true"></span>`}
    <p><strong>${name}</strong><span>${sentence(upload)}</span></p>
    <button type="button" class="ghost" aria-label=${`Dismiss ${name}`} onClick=${wave}><${Icon} name="close" /></button></div>`;
}

function sentence(upload) {
  if (upload.state === "done") return `Read: ${upload.detail}. Ask about it.`;
  if (upload.state === "failed") return `Not read: ${upload.detail}.`;
  return upload.state === "reading" ? "Reading…" : "Waiting…";
}
