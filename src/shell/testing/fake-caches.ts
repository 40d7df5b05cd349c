/** Cache storage in memory, as far as the shell uses it. Writing takes a while, as it does in a browser. */
export const createFakeCaches = (): CacheStorage => {
  const caches = new Map<string, Map<string, Response>>();

  const open = (name: string): Cache => {
    const entries = caches.get(name) ?? new Map<string, Response>();
    caches.set(name, entries);
    return {
      match: async (url: string) => entries.get(url)?.clone(),
      put: async (url: string, response: Response) => {
        await new Promise((resolve) => setTimeout(resolve));
        entries.set(url, response);
      },
      delete: async (url: string) => entries.delete(url),
      keys: async () => [...entries.keys()].map((url) => new Request(url)),
    } as unknown as Cache;
  };

  return {
    open: async (name: string) => open(name),
    has: async (name: string) => caches.has(name),
    delete: async (name: string) => caches.delete(name),
    keys: async () => [...caches.keys()],
  } as unknown as CacheStorage;
};
