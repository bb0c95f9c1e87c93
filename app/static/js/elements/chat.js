/* The elements of the chat's pages, in the order in which they are upgraded: the frame first, a room before its parts. */

import "teamchat/elements/chat-frame";
import "teamchat/elements/chat-connection";
import "teamchat/elements/chat-service";
import "teamchat/elements/copy";
import "teamchat/elements/chat-keys";
import "teamchat/elements/chat-panel";
import "teamchat/elements/chat-rooms";
import "teamchat/elements/chat-nowhere";
import "teamchat/elements/chat-room";
import "teamchat/elements/chat-presence";
import "teamchat/elements/chat-typing";
import "teamchat/elements/chat-message";
import "teamchat/elements/chat-editor";
import "teamchat/elements/chat-pending";
import "teamchat/elements/chat-timeline";
import "teamchat/elements/chat-complete";
import "teamchat/elements/chat-composer";
