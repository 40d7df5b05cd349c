import { shallowRef, type ShallowRef } from 'vue';

/** Asking the browser not to take this app's storage back when it makes room. */
export type KeepRequest = {
  /** `asked`: not answered; Firefox waits for the person, and says nothing if they never answer. */
  readonly state: Readonly<ShallowRef<'unasked' | 'asked' | 'kept' | 'refused'>>;
  /** Never waited for, and harmless where it is asked again. */
  readonly ask: () => void;
};

/** @param storage undefined, or without `persist`, in browsers that make no such promise */
export const createKeepRequest = (storage: Partial<Pick<StorageManager, 'persist'>> | undefined): KeepRequest => {
  const state = shallowRef<KeepRequest['state']['value']>('unasked');
  return {
    state,
    ask() {
      if (storage?.persist === undefined || state.value === 'asked' || state.value === 'kept') return;
      state.value = 'asked';
      storage.persist().then(
        (isKept) => (state.value = isKept ? 'kept' : 'refused'),
        () => (state.value = 'refused'),
      );
    },
  };
};
