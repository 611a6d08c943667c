/**
 * An object that inherits nothing, for names that somebody else chooses. An `Object.create(null)` would be a hash table to
 * the engine: larger, and slower to make and to read.
 */
export const Bag = class {} as new <Value>() => Record<string, Value>;
Object.setPrototypeOf(Bag.prototype, null);
Reflect.deleteProperty(Bag.prototype, 'constructor');
