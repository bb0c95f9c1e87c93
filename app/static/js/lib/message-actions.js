/* What can be done with a message: copy its link, edit, delete; by pointer and by key, with one bar that moves along. */

import { dropEdit, editOf, keepEdit, openEdits } from "teamchat/lib/drafts";
import { fetchText } from "teamchat/lib/fragments";
import { editWith } from "teamchat/lib/log";
import { toast } from "teamchat/lib/notify";
import { socket } from "teamchat/socket";

const EVENTS = ["pointerover", "focusin", "keydown", "click", "tc-edit-typed", "tc-edit-cancel", "tc-edit-save"];

export class MessageActions {
  constructor(timeline) {
    this.timeline = timeline;
    this.room = timeline.room;
    this.bar = timeline.template("actions");
    this.can = new Set();
    for (const type of EVENTS) timeline.addEventListener(type, this);
  }

  handleEvent(event) {
    const message = event.target.closest("tc-message");
    if (event.type === "pointerover") this.showBar(message);
    else if (event.type === "focusin") this.reach(message);
    else if (event.type === "keydown") this.key(event, message);
    else if (event.type === "click") this.click(event, message);
    else this.edited(event, message);
  }

  allow(rights) {
    this.can = new Set(rights);
    this.bar.remove();
  }

  mayEdit(message) {
    return this.may(message, "items_modify");
  }

  mayDelete(message) {
    return this.may(message, "items_delete");
  }

  may(message, rightForOthers) {
    if (message.isNote || message.isDeleted) return false;
    return this.can.has(message.author === this.timeline.dataset.account ? "items_write" : rightForOthers);
  }

  /* The bar stays where the keyboard is. */
  showBar(message) {
    if (this.bar.contains(document.activeElement) && this.bar.isConnected) return;
    if (!message || message.isNote || message.editor) return this.bar.remove();
    if (this.bar.parentElement === message) return;
    this.bar.querySelector('[data-action="edit"]').hidden = !this.mayEdit(message);
    this.bar.querySelector('[data-action="delete"]').hidden = !this.mayDelete(message);
    message.append(this.bar);
  }

  reach(message) {
    if (!message) return;
    for (const other of this.timeline.log.messages) other.tabIndex = other === message ? 0 : -1;
    this.showBar(message);
  }

  key(event, message) {
    if (!message || message.editor || event.altKey || event.ctrlKey || event.metaKey) return;
    const ways = {
      ArrowUp: () => this.focus(-1, message),
      ArrowDown: () => this.focus(1, message),
      Home: () => this.timeline.log.first.focus(),
      End: () => this.timeline.log.last.focus(),
      Escape: () => this.leave(message),
      Delete: () => this.remove(message),
      e: () => this.edit(message),
      l: () => this.copy(message),
    };
    const way = ways[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    if (!way) return;
    event.preventDefault();
    way();
  }

  click({ target }, message) {
    const action = target.closest("[data-action]")?.dataset.action;
    if (action === "copy") this.copy(message);
    else if (action === "edit") this.edit(message);
    else if (action === "delete") this.remove(message);
  }

  focus(by, message) {
    const { messages } = this.timeline.log;
    messages[messages.indexOf(message) + by]?.focus();
  }

  leave(message) {
    if (this.bar.contains(document.activeElement)) message.focus();
    else this.timeline.dispatchEvent(new CustomEvent("tc-write", { bubbles: true }));
  }

  async copy(message) {
    const { dataset } = this.timeline;
    try {
      await navigator.clipboard.writeText(new URL(message.addressIn(dataset.url), location.href).href);
      toast(dataset.copied, "success");
    } catch {
      toast(dataset.notCopied, "error");
    }
  }

  /* Editing. */

  editLast() {
    const own = this.timeline.log.messages.findLast((message) => message.author === this.timeline.dataset.account && this.mayEdit(message));
    if (own) this.edit(own);
  }

  /* Go on with what a reload has interrupted. */
  reopen() {
    for (const id of openEdits(this.room)) {
      const message = this.timeline.log.byId(id);
      if (message && !message.isDeleted && !message.editor) this.begin(message, editOf(this.room, id), false);
    }
  }

  async edit(message) {
    if (!this.mayEdit(message) || message.editor) return;
    const text = editOf(this.room, message.key) ?? (await this.sourceOf(message));
    if (text !== null && !message.editor) this.begin(message, text, true);
  }

  async sourceOf(message) {
    try {
      return await fetchText(`${this.timeline.dataset.url}/messages/${message.key}/source`);
    } catch (error) {
      toast(error.status ? this.timeline.dataset.gone : this.timeline.dataset.offline, "error");
      return null;
    }
  }

  begin(message, text, focuses) {
    this.bar.remove();
    const editor = this.timeline.template("editor");
    editWith(message, editor);
    editor.begin(text, focuses);
  }

  edited(event, message) {
    const editor = event.target;
    if (event.type === "tc-edit-typed") keepEdit(this.room, message.key, editor.text);
    else if (event.type === "tc-edit-cancel") this.end(editor);
    else this.save(editor);
  }

  async save(editor) {
    const message = editor.closest("tc-message");
    if (!editor.text.trim()) return this.remove(message);
    editor.wait(true);
    const answer = await socket.request("message:edit", { message_id: message.key, body: editor.text });
    if (!answer.ok) return editor.refuse(this.why(answer));
    this.end(editor);
    this.expect(answer.change);
  }

  end(editor) {
    const message = editor.closest("tc-message");
    const hadFocus = editor.contains(document.activeElement);
    dropEdit(this.room, message.key);
    editor.remove();
    message.classList.remove("is-edited-now");
    if (hadFocus) this.timeline.dispatchEvent(new CustomEvent("tc-write", { bubbles: true }));
  }

  /* Deleting. */

  remove(message) {
    if (!this.mayDelete(message)) return;
    const dialog = this.timeline.part("confirm");
    dialog.querySelector("[data-quote]").textContent = message.body.textContent.trim().slice(0, 300);
    dialog.querySelector("[data-error]").hidden = true;
    dialog.querySelector("[data-cancel]").onclick = () => dialog.close();
    dialog.querySelector("[data-delete]").onclick = () => this.removeNow(message.key, dialog);
    dialog.showModal();
  }

  async removeNow(id, dialog) {
    const answer = await socket.request("message:delete", { message_id: id });
    const error = dialog.querySelector("[data-error]");
    error.hidden = answer.ok;
    error.textContent = answer.ok ? "" : this.why(answer);
    if (!answer.ok) return;
    dropEdit(this.room, id);
    dialog.close();
    this.timeline.log.byId(id)?.focus({ preventScroll: true });
    this.expect(answer.change);
  }

  /* The broadcast shows it; should it be lost, it is fetched. */
  expect(change) {
    this.timeline.later(300, () => this.timeline.history.hear({ change }));
  }

  why(answer) {
    return answer.message ?? this.timeline.dataset.offline;
  }
}
