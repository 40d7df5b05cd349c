import { concatBytes, equalBytes, type Bytes } from '../../crypto/bytes.ts';
import { hashId } from '../../crypto/hash.ts';
import { HASH_LABELS } from '../../crypto/labels.ts';
import { hexToBytes, type AccountId } from '../../domain/ids.ts';
import { safetyNumber } from '../../domain/safety-number.ts';
import type { Contact } from '../../rpc/dto.ts';
import type { StoredContact } from '../../storage/repositories/contacts-repository.ts';
import type { ProjectionRows } from './reading-deps.ts';
import { shownName } from './shown-name.ts';

/** For one answer: the own account, which is half of every safety number, is read once. */
export const createContactView = ({
  ownAccount,
  conversations,
}: Pick<ProjectionRows, 'ownAccount' | 'conversations'>): ((stored: StoredContact) => Contact) => {
  let ownHash: Bytes | undefined;
  const readOwnHash = (): Bytes => {
    const own = ownAccount.read();
    if (own?.accountId === undefined || own.chainHead === undefined)
      throw new Error('a contact of an account that has no id');
    return safetyHash(own.accountId, own.chainHead);
  };

  return (stored) => {
    ownHash ??= readOwnHash();
    const conversation = conversations.withPeer(stored.accountId);
    return {
      accountId: stored.accountId,
      name: shownName(stored),
      givenName: stored.givenName,
      profileName: stored.profileName,
      handle: stored.handle,
      note: stored.note,
      isBlocked: stored.blockedAtMs !== undefined,
      // What was compared is one head: whatever was added to the chain since then has not been.
      isVerified: stored.verifiedHead !== undefined && equalBytes(stored.verifiedHead, stored.chainHead),
      // Somebody who is known from a request only is known since it came.
      addedAtMs: stored.addedAtMs ?? conversation?.createdAtMs ?? 0,
      safetyNumber: safetyNumber(ownHash, safetyHash(stored.accountId, stored.chainHead)),
      conversationId: conversation?.conversationId,
    };
  };
};

/** One account's half of a safety number (docs/protocol/labels.md, "Hashes"). */
const safetyHash = (accountId: AccountId, chainHead: Uint8Array): Bytes =>
  hashId(HASH_LABELS.safety, concatBytes(hexToBytes(accountId), chainHead));
