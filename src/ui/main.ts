import { core } from './start-core.ts';
import { watchForUpdates } from '../tabs/app-updates.ts';
import { mountApp } from './app/mount-app.ts';

const root = document.querySelector<HTMLElement>('#app');
if (root === null) throw new Error('the page has no #app');
mountApp(core, { root, version: SOTTO_VERSION });
watchForUpdates();
