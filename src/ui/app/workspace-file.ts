import { defineAsyncComponent, h, type Component } from 'vue';
import { dates } from '../i18n/language.ts';

/**
 * The screens of an open account are a file of their own: nobody needs them to type a password, and they are fetched
 * and compiled meanwhile.
 */
const loadWorkspace = () => import('../features/conversation/workspace.vue');

export const Workspace = defineAsyncComponent(loadWorkspace);

const AsyncConversation = defineAsyncComponent(() => import('../features/conversation/conversation-screen.vue'));

/** Wrapped, so that the router does not wait for it: a start at a conversation's address shows the lock first. */
export const ConversationScreen: Component = { render: () => h(AsyncConversation) };

/** Resolves when the workspace can be drawn at once, and also when its file did not come: drawing it tells that. */
export const untilDrawable = async (): Promise<void> => {
  await loadWorkspace().catch(() => undefined);
  dates(); // which every line of the list asks for
};
