/** What a preload may put into the page, and what comes back through it. */
export interface WorldBridge {
  /** Sets `window[key]` in the other world: values are copied, functions become callable there. */
  expose(key: string, api: object): void;
}

/**
 * Joins a page's main world and the preload's isolated world. They share the document and nothing else; events on
 * `window` reach both synchronously, and their `detail` crosses as a string. Runs once in either world, as source
 * text. Calls carry JSON's values and functions, which is what our bridge needs; Electron's contextBridge does more.
 */
export function connectWorlds(side: 'main' | 'preload'): WorldBridge {
  const other = side === 'main' ? 'preload' : 'main';
  const eventName = (world: string): string => `foredeck-double:${world}`;
  const functions: ((...values: unknown[]) => unknown)[] = [];
  let answer: { result: unknown } | { error: string } | undefined;

  const say = (message: object): void => {
    dispatchEvent(new CustomEvent(eventName(other), { detail: JSON.stringify(message) }));
  };
  const lend = (value: unknown): unknown => {
    if (typeof value === 'function') {
      functions.push(value as (...values: unknown[]) => unknown);
      return { $function: functions.length - 1 };
    }
    if (typeof value !== 'object' || value === null) return value;
    if (Array.isArray(value)) return value.map(lend);
    return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, lend(part)]));
  };
  const borrow = (value: unknown): unknown => {
    if (typeof value !== 'object' || value === null) return value;
    if (Array.isArray(value)) return Object.freeze(value.map(borrow));
    if ('$function' in value) {
      const id = value.$function;
      return (...values: unknown[]) => {
        say({ type: 'call', id, values: values.map(lend) });
        const given = answer;
        answer = undefined;
        if (!given) throw new Error('The other world did not answer.');
        if ('error' in given) throw new Error(given.error);
        return borrow(given.result);
      };
    }
    return Object.freeze(Object.fromEntries(Object.entries(value).map(([key, part]) => [key, borrow(part)])));
  };
  const call = (id: number, values: unknown[]): object => {
    try {
      return { type: 'answer', answer: { result: lend(functions[id]?.(...values.map(borrow))) } };
    } catch (thrown) {
      return { type: 'answer', answer: { error: String(thrown) } };
    }
  };

  addEventListener(eventName(side), (event) => {
    const message = JSON.parse((event as CustomEvent<string>).detail);
    if (message.type === 'answer') answer = message.answer;
    else if (message.type === 'call') say(call(message.id, message.values));
    else if (message.type === 'expose') {
      const value = borrow(message.api);
      Object.defineProperty(window, message.key, { value, enumerable: true });
    }
  });
  return { expose: (key, api) => say({ type: 'expose', key, api: lend(api) }) };
}
