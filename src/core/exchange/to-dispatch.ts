import type { Repositories } from '../repositories.ts';
import type { OutboxItem } from '../../storage/repositories/outbox-repository.ts';
import type { Dispatch } from '../../sync/ports.ts';
import { readStored, sealedOpening } from './intent.ts';
import { isSealed } from './take-answer.ts';

/** A sealed outbox row as sync sends it. Undefined where the group is gone. */
export const toDispatch = ({ groups }: Pick<Repositories, 'groups'>, item: OutboxItem): Dispatch | undefined => {
  if (!isSealed(item)) return undefined;
  const { bytes, groupId, depositId } = item.state.sealing;
  const place = { outboxId: item.id, groupId, depositId };
  if (item.class === 'handshake') return { ...place, kind: 'opening', ...readStored(sealedOpening, bytes) };
  const capability = groups.read(groupId)?.capability?.slice();
  if (capability === undefined) return undefined;
  return { ...place, kind: 'deposit', request: { envelope: bytes.slice(), capability } };
};
