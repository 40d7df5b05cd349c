import type { AccountSummary } from '../../rpc/dto.ts';
import type { ErrorTag } from './error-tag.ts';

/**
 * What a copy of the browser profile is worth: its history can be read. One that was overtaken is found at the relay and
 * set up as a new device (docs/protocol/sync.md, "An old store").
 */
const BRING_BACK =
  'If you have a copy of this whole browser profile, bring it back: you can then read what it holds. If the account was used after that copy was made, Sotto sets it up as a new device, and messages from in between may be missing.';
/** A list has less room. */
const BRING_BACK_SHORT =
  'A copy of the whole browser profile lets you read again; messages from in between may be missing.';

/** One sentence for each expected failure: what happened, and what to do about it where something can be done. */
export const errorTexts = {
  'error.password-too-short': 'The password is too short. It needs at least 8 characters.',
  'error.name-empty': 'Please enter a name.',
  'error.name-too-long': 'That name is too long. It may have up to 64 characters.',
  'error.handle-invalid': 'A handle has 3 to 32 characters: a to z, 0 to 9 and _.',
  'error.handle-taken': 'Somebody else has this handle. Please choose another.',
  'error.storage-unavailable':
    'This browser gives Sotto no place to store anything. A private window or a strict setting may be the reason.',
  'error.storage-full': 'This device has no room left. Free some space and try again.',
  'error.storage-lost': 'The browser could not store this. Reload Sotto and try again.',
  'error.storage-taken': 'Another window is still holding this account. Close other Sotto windows and try again.',

  'error.wrong-password': 'That is not the password of this account. Nothing is damaged; try again.',
  'error.account-unknown':
    'This account is no longer on this device. Go back to the list of accounts, or create a new one.',
  'error.open-elsewhere': 'This account is open in another window. Close or lock it there first.',
  'error.header-damaged': `The file that holds the keys of this account is damaged in both copies, and your password cannot open it any more. Remove nothing yet. ${BRING_BACK}`,
  'error.header-missing': `The file that holds the keys of this account is gone; the messages are still here but cannot be opened. Remove nothing yet. ${BRING_BACK}`,
  'error.header-forged': `The keys of this account do not fit its messages: somebody or something changed them. Nothing was opened. ${BRING_BACK}`,
  'error.older-header': `The keys of this account are from an older state than its messages, as after a partly restored backup. Nothing was opened. ${BRING_BACK}`,
  'error.database-damaged': `The password is right, but the stored messages are damaged and Sotto refuses to guess. Nothing was changed. ${BRING_BACK}`,
  'error.database-missing': `The password is right, but the stored messages are gone. The browser or a cleaning tool may have removed them. ${BRING_BACK}`,
  'error.newer-version': 'A newer version of Sotto wrote this account. Reload to get the update, then try again.',

  'error.offline': 'There is no connection to the relay. Try again when you are online.',
  'error.relay-refused': 'The relay refused this. Try again later.',
  'error.too-many-requests': 'That was too often for the relay. Wait a minute and try again.',
  'error.relay-changed':
    'The relay at this address is not the one your account was made with. Sotto does not talk to it.',

  'error.text-empty': 'There is nothing to send yet.',
  'error.text-too-long': 'This text is too long for one message. Please send it in parts.',
  'error.outbox-full': 'Too many messages are waiting to go out. Send more when you are back online.',
  'error.conversation-unknown': 'This conversation is no longer here.',
  'error.conversation-broken':
    'This device cannot follow this conversation any more, so nothing can be sent here. Ask them to write to you anew.',
  'error.contact-unknown': 'This contact is no longer here.',
  'error.message-unknown': 'This message is no longer here.',
  'error.blocked': 'You blocked this person. Unblock them under New chat, then write.',
  'error.not-accepted': 'Accept the request before you answer.',

  'error.not-found': 'Nobody has this handle. Check how it is written.',
  'error.unproven':
    'The relay could not prove who this is, so Sotto did not go on. If it happens again, tell whoever runs the relay.',
  'error.is-me': 'That is you.',
  'error.no-key-packages': 'They cannot be reached right now: their device has to come online first. Try again later.',

  'error.invite-malformed': 'This invite link is incomplete or mistyped. Ask for it to be sent again.',
  'error.invite-other-relay': 'This invite belongs to another relay. Open it at the address where it was made.',
  'error.invite-own': 'This is your own invite. Send it to somebody else.',
} as const satisfies Record<`error.${ErrorTag}`, string>;

/** What the unlock screen says under an account that cannot simply be opened. */
export const accountStateTexts = {
  'account.locked': 'Locked',
  'account.open': 'Open in another window',
  'account.damaged': `The keys of this account are damaged, and its messages cannot be opened. ${BRING_BACK_SHORT}`,
  'account.header-missing': `The keys of this account are gone, and its messages cannot be opened. ${BRING_BACK_SHORT}`,
  'account.data-missing': `The messages of this account are gone; only its keys are left. ${BRING_BACK_SHORT}`,
  'account.evicted': `The browser removed this account to make room. ${BRING_BACK_SHORT} Without one, remove it here and create a new account.`,
  'account.unreachable':
    'The browser does not give Sotto the place where this account rests now; a private window may be the reason. Nothing is deleted: it is here again when the place is.',
} as const satisfies Record<`account.${AccountSummary['state']}`, string>;
