/** Hints about the network and the windows, as core asks for them. */
export type ConnectivitySignal = 'online' | 'offline' | 'visible';

export interface Connectivity {
  isOnline(): boolean;
  subscribe(listener: (signal: ConnectivitySignal) => void): () => void;
  /** A worker does not see its windows: they tell it when one comes to the front. */
  readonly noteVisible: () => void;
}

/** The part of a worker's global scope that is used. */
export type NetworkScope = Pick<WorkerGlobalScope, 'addEventListener'> & {
  readonly navigator: { readonly onLine: boolean };
};

export const createConnectivity = (scope: NetworkScope): Connectivity => {
  const listeners = new Set<(signal: ConnectivitySignal) => void>();
  const tell = (signal: ConnectivitySignal): void => listeners.forEach((listener) => listener(signal));
  scope.addEventListener('online', () => tell('online'));
  scope.addEventListener('offline', () => tell('offline'));
  return {
    isOnline: () => scope.navigator.onLine,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    noteVisible: () => tell('visible'),
  };
};
