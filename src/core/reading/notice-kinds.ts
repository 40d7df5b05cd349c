import type { MessageBody } from '../../rpc/dto.ts';

export type Notice = Extract<MessageBody, { readonly kind: 'notice' }>['notice'];

/** The kind under which a notice of the app is stored; below 0, apart from those of payloads. Never reused. */
export const NOTICE_KINDS = {
  'conversation-started': -1,
  'messages-missing': -2,
  'new-device': -3,
  undecryptable: -4,
  'conversation-broken': -5,
  'older-copy': -6,
  'relay-restored': -7,
} as const satisfies Readonly<Record<Notice, number>>;

const noticesByKind: ReadonlyMap<number, Notice> = new Map(
  Object.entries(NOTICE_KINDS).map(([notice, kind]) => [kind, notice as Notice]),
);

export const noticeOfKind = (kind: number): Notice | undefined => noticesByKind.get(kind);
