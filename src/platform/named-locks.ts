/** Names of which each has one holder in the whole browser, and which a worker that dies gives back. */
export interface NamedLocks {
  /** Answers a function that gives the name back, or undefined while somebody else holds it. Never waits for them. */
  acquire(name: string): Promise<(() => void) | undefined>;
  /** Waits for its turn, however long that takes; whoever asked first is next. */
  wait(name: string): Promise<() => void>;
}

export const createNamedLocks = (locks: LockManager): NamedLocks => {
  /** Locks of this worker, until the browser has really given them back: releasing takes it a moment. */
  const ending = new Map<string, Promise<void>>();

  const request = (name: string, ifAvailable: boolean): Promise<(() => void) | undefined> =>
    new Promise((resolve, reject) => {
      const ended = locks.request(name, { ifAvailable }, (lock) => {
        if (lock === null) {
          resolve(undefined);
          return undefined;
        }
        return new Promise<void>((release) => {
          resolve(() => {
            ending.set(name, ended);
            release();
          });
        });
      });
      ended.catch(reject);
    });

  return {
    async acquire(name) {
      await ending.get(name);
      return request(name, true);
    },

    async wait(name) {
      const release = await request(name, false);
      if (release === undefined) throw new Error('a lock that was waited for was not given');
      return release;
    },
  };
};
