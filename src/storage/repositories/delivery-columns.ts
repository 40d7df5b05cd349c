import type { DeliveryFailure, DeliveryState } from '../../domain/delivery.ts';

/** `delivery` and `failure`; both null for messages of others. */
export type DeliveryColumns = readonly [delivery: string | null, failure: string | null];

export const deliveryToColumns = (state: DeliveryState | undefined): DeliveryColumns => [
  state?.tag ?? null,
  state?.tag === 'failed' ? state.failure : null,
];

export const columnsToDelivery = (delivery: string | null, failure: string | null): DeliveryState | undefined => {
  switch (delivery) {
    case 'stored':
    case 'at-relay':
    case 'on-device':
      return { tag: delivery };
    case 'failed':
      return { tag: 'failed', failure: (failure ?? 'refused') as DeliveryFailure };
    default:
      return undefined;
  }
};
