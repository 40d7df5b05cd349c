import { inject, provide, shallowRef, type InjectionKey, type ShallowRef } from 'vue';

/** What is open in the workspace beside the address: searches and the list of shortcuts. */
export type WorkspaceUi = {
  readonly listQuery: ShallowRef<string>;
  readonly isSearchingChat: ShallowRef<boolean>;
  readonly isHelpOpen: ShallowRef<boolean>;
  /** Counts up when the focus shall go to the search field. */
  readonly searchCalls: ShallowRef<number>;
};

const key: InjectionKey<WorkspaceUi> = Symbol('workspace-ui');

export const provideWorkspaceUi = (): WorkspaceUi => {
  const ui: WorkspaceUi = {
    listQuery: shallowRef(''),
    isSearchingChat: shallowRef(false),
    isHelpOpen: shallowRef(false),
    searchCalls: shallowRef(0),
  };
  provide(key, ui);
  return ui;
};

export const useWorkspaceUi = (): WorkspaceUi => {
  const ui = inject(key, undefined);
  if (ui === undefined) throw new Error('used outside the workspace');
  return ui;
};
