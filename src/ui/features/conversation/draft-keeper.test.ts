import { expect, test, vi } from 'vitest';
import { createDraftKeeper } from './draft-keeper.ts';

test('a draft that could not be kept is kept at the next chance', async () => {
  const keep = vi.fn<(draft: string) => Promise<void>>();
  keep.mockRejectedValueOnce(new Error('the core is gone')).mockResolvedValue(undefined);
  const drafts = createDraftKeeper(keep, '');
  drafts.note('half a sentence');
  drafts.keepNow();
  await Promise.resolve();
  await Promise.resolve();
  drafts.keepNow();
  expect(keep.mock.calls).toEqual([['half a sentence'], ['half a sentence']]);
});

test('what is kept already is not kept again', () => {
  const keep = vi.fn<(draft: string) => Promise<void>>().mockResolvedValue(undefined);
  const drafts = createDraftKeeper(keep, 'as it was');
  drafts.note('as it was');
  drafts.keepNow();
  expect(keep).not.toHaveBeenCalled();
});
