/** What members derive from an epoch besides message keys (docs/protocol/envelope.md, "Derived from the epoch"). */
import { hexToBytes } from '../domain/ids.ts';
import { importAesKey, type AesKey } from '../crypto/aes-gcm.ts';
import type { Bytes } from '../crypto/bytes.ts';
import { sha256 } from '../crypto/hash.ts';
import { EXPORTER_LABELS } from '../crypto/labels.ts';
import { purge } from '../crypto/keys.ts';
import { encodeCbor } from '../wire/cbor.ts';
import type { GroupState, MlsEngine } from './engine.ts';

const SECRET_BYTES = 32;

/** Lets its holder deposit into this group in this epoch, without saying who it is. */
export const depositCapability = (engine: MlsEngine, state: GroupState): Promise<Bytes> =>
  engine.exportSecret(state, EXPORTER_LABELS.deposit, groupContext(engine, state), SECRET_BYTES);

/** What the relay keeps of the capability. */
export const depositCapabilityHash = async (engine: MlsEngine, state: GroupState): Promise<Bytes> =>
  sha256(await depositCapability(engine, state));

/** Opens the hints of this epoch. */
export const exportHintKey = async (engine: MlsEngine, state: GroupState): Promise<AesKey> => {
  const raw = await exportHintSecret(engine, state);
  const key = await importAesKey(raw);
  purge(raw);
  return key;
};

/** The same as bytes, for a holding area that shows senders while the vault is locked, by the receiver's choice. */
export const exportHintSecret = (engine: MlsEngine, state: GroupState): Promise<Bytes> =>
  engine.exportSecret(state, EXPORTER_LABELS.hint, groupContext(engine, state), SECRET_BYTES);

/** docs/protocol/labels.md, "Exported secrets". */
const groupContext = (engine: MlsEngine, state: GroupState): Bytes => encodeCbor([hexToBytes(engine.groupId(state))]);
