/** Collections whose methods stay as V8 made them: programs can replace those of all others. */

type Prototype = Record<string | symbol, unknown>;

function keepMethods(own: Prototype, builtin: Prototype): void {
  for (const key of Reflect.ownKeys(builtin)) {
    const descriptor = Object.getOwnPropertyDescriptor(builtin, key);
    if (key !== 'constructor' && descriptor) Object.defineProperty(own, key, descriptor);
  }
}

export class OwnMap<K, V> extends Map<K, V> {}
export class OwnWeakMap<K extends WeakKey, V> extends WeakMap<K, V> {}

keepMethods(OwnMap.prototype as never, Map.prototype as never);
keepMethods(OwnWeakMap.prototype as never, WeakMap.prototype as never);
