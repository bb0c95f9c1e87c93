/* The globals of a browser that the client's modules use, under Node. Imported before them. */

import { Window } from "happy-dom";

process.env.TZ = "Europe/Paris";

const window = new Window({ url: "https://chat.example/rooms/7" });
window.document.documentElement.lang = "fr";
const names = ["document", "localStorage", "location", "customElements", "HTMLElement", "HTMLTemplateElement"];
Object.assign(globalThis, { window }, Object.fromEntries(names.map((name) => [name, window[name]])));
if (!globalThis.navigator) globalThis.navigator = window.navigator;
