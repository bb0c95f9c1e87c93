/* What the type checker cannot see in the modules: our elements by their tags, and htmx's events. */

import type { Complete } from "./elements/chat-complete";
import type { Composer } from "./elements/chat-composer";
import type { Editor } from "./elements/chat-editor";
import type { Message } from "./elements/chat-message";
import type { Panel } from "./elements/chat-panel";
import type { Pending } from "./elements/chat-pending";
import type { Presence } from "./elements/chat-presence";
import type { Room } from "./elements/chat-room";
import type { Rooms } from "./elements/chat-rooms";
import type { Timeline } from "./elements/chat-timeline";
import type { Typing } from "./elements/chat-typing";

declare global {
  interface HTMLElementTagNameMap {
    "tc-complete": Complete;
    "tc-composer": Composer;
    "tc-editor": Editor;
    "tc-message": Message;
    "tc-panel": Panel;
    "tc-pending": Pending;
    "tc-presence": Presence;
    "tc-room": Room;
    "tc-rooms": Rooms;
    "tc-timeline": Timeline;
    "tc-typing": Typing;
  }

  interface DocumentEventMap {
    "htmx:config:request": CustomEvent;
    "htmx:response:error": CustomEvent;
    "htmx:error": CustomEvent;
    "htmx:after:swap": CustomEvent;
  }
}
