/* Actions on a message: copy its link, edit, delete; by key, and by a bar that moves to the message in use. */

import { find } from "teamchat/lib/dom";
import { dropEdit, editOf, keepEdit, openEdits } from "teamchat/lib/drafts";
import { fetchText } from "teamchat/lib/fragments";
import { showEditor } from "teamchat/lib/log";
import { toast } from "teamchat/lib/notify";
import { socket } from "teamchat/socket";

const EVENTS = ["pointerover", "focusin", "keydown", "click", "tc-edit-typed", "tc-edit-cancel", "tc-edit-save"];

export class MessageActions {
  #timeline;
  #room;
  #bar;
  /** @type {Set<string>} */
  #rights = new Set();

  /** @param {import("teamchat/elements/chat-timeline").Timeline} timeline */
  constructor(timeline) {
    this.#timeline = timeline;
    this.#room = Number(timeline.dataset.room);
    this.#bar = timeline.template("actions");
    for (const type of EVENTS) timeline.addEventListener(type, this);
  }

  handleEvent(event) {
    const message = event.target.closest("tc-message");
    if (event.type === "pointerover") this.#showBar(message);
    else if (event.type === "focusin") this.#makeCurrent(message);
    else if (event.type === "keydown") this.#keyPressed(event, message);
    else if (event.type === "click") this.#clicked(event, message);
    else this.#editorEvent(event, message);
  }

  allow(rights) {
    this.#rights = new Set(rights);
    this.#bar.remove();
  }

  #mayEdit(message) {
    return this.#may(message, "items_modify");
  }

  #mayDelete(message) {
    return this.#may(message, "items_delete");
  }

  #may(message, rightForOthers) {
    if (message.isNote || message.isDeleted) return false;
    return this.#rights.has(message.author === this.#timeline.dataset.account ? "items_write" : rightForOthers);
  }

  /* Show the bar at a message, unless the focus is in it. */
  #showBar(message) {
    if (this.#bar.contains(document.activeElement) && this.#bar.isConnected) return;
    if (!message || message.isNote || message.editor) return this.#bar.remove();
    if (this.#bar.parentElement === message) return;
    find(this.#bar, '[data-action="edit"]').hidden = !this.#mayEdit(message);
    find(this.#bar, '[data-action="delete"]').hidden = !this.#mayDelete(message);
    message.append(this.#bar);
  }

  #makeCurrent(message) {
    if (!message) return;
    for (const other of this.#timeline.log.messages) other.tabIndex = other === message ? 0 : -1;
    this.#showBar(message);
  }

  #keyPressed(event, message) {
    if (!message || message.editor || event.altKey || event.ctrlKey || event.metaKey) return;
    const actions = {
      ArrowUp: () => this.#focusNeighbour(-1, message),
      ArrowDown: () => this.#focusNeighbour(1, message),
      Home: () => this.#timeline.log.first.focus(),
      End: () => this.#timeline.log.last.focus(),
      Escape: () => this.#leave(message),
      Delete: () => this.#confirmDelete(message),
      e: () => this.#edit(message),
      l: () => this.#copyLink(message),
    };
    const action = actions[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    if (!action) return;
    event.preventDefault();
    action();
  }

  #clicked({ target }, message) {
    const action = target.closest("[data-action]")?.dataset.action;
    if (action === "copy") this.#copyLink(message);
    else if (action === "edit") this.#edit(message);
    else if (action === "delete") this.#confirmDelete(message);
  }

  #focusNeighbour(by, message) {
    const { messages } = this.#timeline.log;
    messages[messages.indexOf(message) + by]?.focus();
  }

  #leave(message) {
    if (this.#bar.contains(document.activeElement)) message.focus();
    else this.#timeline.dispatchEvent(new CustomEvent("tc-write", { bubbles: true }));
  }

  async #copyLink(message) {
    const { dataset } = this.#timeline;
    try {
      await navigator.clipboard.writeText(new URL(message.addressIn(dataset.url), location.href).href);
      toast(dataset.copied, "success");
    } catch {
      toast(dataset.notCopied, "error");
    }
  }

  /* Editing. */

  editLast() {
    const message = this.#timeline.log.messages.findLast(
      (message) => message.author === this.#timeline.dataset.account && this.#mayEdit(message),
    );
    if (message) this.#edit(message);
  }

  /* Continue the edits that a reload has interrupted. */
  reopen() {
    for (const id of openEdits(this.#room)) {
      const message = this.#timeline.log.byId(id);
      if (message && !message.isDeleted && !message.editor) this.#openEditor(message, editOf(this.#room, id), false);
    }
  }

  async #edit(message) {
    if (!this.#mayEdit(message) || message.editor) return;
    const text = editOf(this.#room, message.key) ?? (await this.#fetchSource(message));
    if (text !== null && !message.editor) this.#openEditor(message, text, true);
  }

  async #fetchSource(message) {
    try {
      return await fetchText(`${this.#timeline.dataset.url}/messages/${message.key}/source`);
    } catch (/** @type {any} */ error) {
      toast(error.status ? this.#timeline.dataset.gone : this.#timeline.dataset.offline, "error");
      return null;
    }
  }

  #openEditor(message, text, takesFocus) {
    this.#bar.remove();
    const editor = /** @type {import("teamchat/elements/chat-editor").Editor} */ (this.#timeline.template("editor"));
    showEditor(message, editor);
    editor.begin(text, takesFocus);
  }

  #editorEvent(event, message) {
    const editor = event.target;
    if (event.type === "tc-edit-typed") keepEdit(this.#room, message.key, editor.text);
    else if (event.type === "tc-edit-cancel") this.#closeEditor(editor);
    else this.#save(editor);
  }

  async #save(editor) {
    const message = editor.closest("tc-message");
    if (!editor.text.trim()) return this.#confirmDelete(message);
    editor.setSaving(true);
    const answer = await socket.request("message:edit", { message_id: message.key, body: editor.text });
    if (!answer.ok) return editor.showError(this.#reasonOf(answer));
    this.#closeEditor(editor);
    this.#timeline.expect({ change: answer.change });
  }

  #closeEditor(editor) {
    const message = editor.closest("tc-message");
    const hadFocus = editor.contains(document.activeElement);
    dropEdit(this.#room, message.key);
    editor.remove();
    message.classList.remove("is-edited-now");
    if (hadFocus) this.#timeline.dispatchEvent(new CustomEvent("tc-write", { bubbles: true }));
  }

  /* Deleting. */

  #confirmDelete(message) {
    if (!this.#mayDelete(message)) return;
    const dialog = find(this.#timeline, '[data-part="confirm"]', HTMLDialogElement);
    find(dialog, "[data-quote]").textContent = message.body.textContent.trim().slice(0, 300);
    find(dialog, "[data-error]").hidden = true;
    find(dialog, "[data-cancel]").onclick = () => dialog.close();
    find(dialog, "[data-delete]").onclick = () => this.#delete(message.key, dialog);
    dialog.showModal();
  }

  async #delete(id, dialog) {
    const answer = await socket.request("message:delete", { message_id: id });
    const error = find(dialog, "[data-error]");
    error.hidden = answer.ok;
    error.textContent = answer.ok ? "" : this.#reasonOf(answer);
    if (!answer.ok) return;
    dropEdit(this.#room, id);
    dialog.close();
    this.#timeline.log.byId(id)?.focus({ preventScroll: true });
    this.#timeline.expect({ change: answer.change });
  }

  #reasonOf(answer) {
    return answer.message ?? this.#timeline.dataset.offline;
  }
}
