import { expect, it } from 'vitest';
import type { ConversationId, MessageId, VaultId } from '../../domain/ids.ts';
import { createUnsavedDrafts } from './unsaved-drafts.ts';

const place = { vaultId: 'aa' as VaultId, conversationId: 'c0' as ConversationId };

it('hands a held draft out once, to its own conversation of its own account', () => {
  const drafts = createUnsavedDrafts();
  const draft = { text: 'half a sentence', unanswered: { text: 'half a sentence', messageId: 'm1' as MessageId } };
  drafts.hold(place, draft);
  expect(drafts.take({ ...place, vaultId: 'bb' as VaultId })).toBeUndefined();
  expect(drafts.take({ ...place, conversationId: 'c1' as ConversationId })).toBeUndefined();
  expect(drafts.take(place)).toEqual(draft);
  expect(drafts.take(place)).toBeUndefined();
});

it('is settled when every draft is stored, and says when one is not', async () => {
  const drafts = createUnsavedDrafts();
  expect(await drafts.settle(1_000)).toBe(true);
  drafts.register(async () => true);
  const stop = drafts.register(async () => false);
  expect(await drafts.settle(1_000)).toBe(false);
  stop();
  expect(await drafts.settle(1_000)).toBe(true);
});

it('does not wait for ever for a core that does not answer', async () => {
  const drafts = createUnsavedDrafts();
  drafts.register(() => new Promise(() => undefined));
  expect(await drafts.settle(1)).toBe(false);
});
