import { shallowRef, type ShallowRef } from 'vue';

/**
 * An invite that was taken out of the address and waits for somebody to press "accept". Kept in memory only: the
 * fragment holds a key, so it goes neither into the history nor into any storage.
 */
export type InviteInbox = {
  readonly fragment: Readonly<ShallowRef<string | undefined>>;
  readonly put: (fragment: string) => void;
  readonly clear: () => void;
};

export const createInviteInbox = (): InviteInbox => {
  const fragment = shallowRef<string>();
  return {
    fragment,
    put: (taken) => {
      fragment.value = taken;
    },
    clear: () => {
      fragment.value = undefined;
    },
  };
};

/** The link that opens an invite at this address; the part after `#` never reaches a server. */
export const inviteLink = (fragment: string): string =>
  `${location.origin}${location.pathname}#/i/${encodeURIComponent(fragment)}`;
