/** How one function takes another's place without being seen: same name, length and property attributes. */
export function replace<T extends object, K extends keyof T>(target: T, key: K, replacement: T[K] & object): void {
  const original = target[key] as object;
  for (const property of ['name', 'length'] as const) {
    const descriptor = Object.getOwnPropertyDescriptor(original, property);
    if (descriptor) Object.defineProperty(replacement, property, descriptor);
  }
  const descriptor = Object.getOwnPropertyDescriptor(target, key) ?? {
    writable: true,
    configurable: true,
    enumerable: false,
  };
  Object.defineProperty(target, key, { ...descriptor, value: replacement });
}
