import type { Component } from 'vue';

export type MenuItem<Key extends string> = {
  readonly key: Key;
  readonly label: string;
  readonly icon: Component;
  readonly isDanger?: boolean;
  /** A link that opens a window of its own, instead of an action. */
  readonly href?: string;
};
