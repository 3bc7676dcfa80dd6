/** Makes elements. Every string becomes text: nothing of a trace is ever read as HTML. */
export interface Properties {
  readonly class?: string;
  readonly text?: string;
  readonly title?: string;
  readonly role?: string;
  readonly tabIndex?: number;
  readonly id?: string;
  readonly aria?: Readonly<Record<string, string>>;
  readonly onClick?: (event: MouseEvent) => void;
}

export function element<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  properties: Properties = {},
  children: readonly (Node | string)[] = [],
): HTMLElementTagNameMap[Tag] {
  const made = document.createElement(tag);
  if (properties.class !== undefined) made.className = properties.class;
  if (properties.text !== undefined) made.textContent = properties.text;
  if (properties.title !== undefined) made.title = properties.title;
  if (properties.role !== undefined) made.setAttribute('role', properties.role);
  if (properties.tabIndex !== undefined) made.tabIndex = properties.tabIndex;
  if (properties.id !== undefined) made.id = properties.id;
  for (const [name, value] of Object.entries(properties.aria ?? {})) made.setAttribute(`aria-${name}`, value);
  if (properties.onClick) made.addEventListener('click', properties.onClick as EventListener);
  made.append(...children);
  return made;
}
