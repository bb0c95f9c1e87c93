/* Elements of the page that the server wrote. */

/**
 * Return the first element below a root that matches. Throws where the markup has none, or one of another type.
 * @template {keyof HTMLElementTagNameMap} K
 * @overload
 * @param {ParentNode} root
 * @param {K} selector
 * @returns {HTMLElementTagNameMap[K]}
 */
/**
 * @template {HTMLElement} [T=HTMLElement]
 * @overload
 * @param {ParentNode} root
 * @param {string} selector
 * @param {new () => T} [type]
 * @returns {T}
 */
/**
 * @param {ParentNode} root
 * @param {string} selector
 * @param {new () => HTMLElement} type
 */
export function find(root, selector, type = HTMLElement) {
  const element = root.querySelector(selector);
  if (!(element instanceof type)) throw new Error(`No ${type.name} matches ${selector}`);
  return element;
}

/**
 * Return all elements below a root that match.
 * @template {HTMLElement} [T=HTMLElement]
 * @param {ParentNode} root
 * @param {string} selector
 * @param {new () => T} [_type]
 * @returns {T[]}
 */
export function findAll(root, selector, _type) {
  return [...root.querySelectorAll(selector)].map((element) => /** @type {T} */ (element));
}

/**
 * Return a copy of the element in a <template>.
 * @param {HTMLTemplateElement} template
 * @returns {HTMLElement}
 */
export function cloneOf(template) {
  return /** @type {HTMLElement} */ (template.content.firstElementChild?.cloneNode(true));
}

/**
 * Return the index of the element that has the focus, or -1.
 * @param {HTMLElement[]} elements
 */
export function focusedIndex(elements) {
  return elements.indexOf(/** @type {HTMLElement} */ (document.activeElement));
}
