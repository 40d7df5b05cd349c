import { beforeEach, describe, expect, it, vi } from 'vitest';
import { createDraftKeeper } from './draft-keeper.ts';

describe('a draft', () => {
  const keep = vi.fn<(draft: string) => Promise<void>>();
  const lost = vi.fn<(draft: string) => void>();
  const gone = () => new Error('the core is gone');
  beforeEach(() => {
    keep.mockReset().mockResolvedValue(undefined);
    lost.mockReset();
  });

  it('that could not be kept is kept at the next chance', async () => {
    keep.mockRejectedValueOnce(gone());
    const drafts = createDraftKeeper(keep, '', lost);
    drafts.note('half a sentence');
    expect(await drafts.keepNow()).toBe(false);
    expect(await drafts.keepNow()).toBe(true);
    expect(keep.mock.calls).toEqual([['half a sentence'], ['half a sentence']]);
    expect(lost).not.toHaveBeenCalled();
  });

  it('that is kept already is not kept again', async () => {
    const drafts = createDraftKeeper(keep, 'as it was', lost);
    drafts.note('as it was');
    expect(await drafts.keepNow()).toBe(true);
    expect(keep).not.toHaveBeenCalled();
  });

  it('that cannot be kept when its composer goes away is handed on', async () => {
    keep.mockRejectedValue(gone());
    const drafts = createDraftKeeper(keep, '', lost);
    drafts.note('half a sentence');
    drafts.close();
    await drafts.keepNow();
    expect(lost).toHaveBeenCalledWith('half a sentence');
  });

  it('that was on its way when the core went with the composer is handed on', async () => {
    let fail: (fault: Error) => void = () => undefined;
    keep.mockReturnValueOnce(new Promise((_, reject) => (fail = reject)));
    const drafts = createDraftKeeper(keep, '', lost);
    drafts.note('half a sentence');
    const keeping = drafts.keepNow();
    drafts.close();
    fail(gone());
    await keeping;
    expect(lost.mock.calls).toEqual([['half a sentence']]);
  });

  it('that comes back after its composer went away, with a message that was not sent, is kept at once', async () => {
    const drafts = createDraftKeeper(keep, '', lost);
    drafts.close();
    drafts.note('not sent');
    expect(keep).toHaveBeenCalledWith('not sent');
  });
});
