/**
 * Changes one text of JSON. `name` is that of its field, which is also the name of the texts in a list; `parent` is the object.
 * A promise is replaced by its value.
 */
export type ChangeText = (text: string, name: string, parent: object) => unknown;

/**
 * Copies JSON with changed texts. Only promises of `change` are awaited: a message of millions of numbers takes no more time than
 * to copy it.
 */
export async function mapTexts(json: unknown, change: ChangeText): Promise<unknown> {
  const pending: Promise<void>[] = [];

  function put(target: Record<string | number, unknown>, key: string | number, changed: unknown): void {
    target[key] = changed;
    if (changed instanceof Promise) {
      const settle = (value: unknown) => {
        target[key] = value;
      };
      pending.push(changed.then(settle));
    }
  }
  function copy(value: unknown, name: string, parent: object): unknown {
    if (typeof value === 'string') return change(value, name, parent);
    if (typeof value !== 'object' || value === null) return value;
    // Without a prototype, a field that is called __proto__ is a field as all others.
    const copied: Record<string | number, unknown> = Array.isArray(value) ? ([] as never) : Object.create(null);
    const isList = Array.isArray(value);
    for (const [key, item] of Object.entries(value))
      put(copied, key, copy(item, isList ? name : key, isList ? parent : value));
    return copied;
  }

  const whole: Record<string, unknown> = {};
  put(whole, 'json', copy(json, '', {}));
  await Promise.all(pending);
  return whole.json;
}
