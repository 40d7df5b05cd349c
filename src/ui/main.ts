import { watchForUpdates } from '../tabs/app-updates.ts';
import { connectCore } from '../tabs/connect-core.ts';
import { drawnByPage } from './app/drawn-screen.ts';
import { mountApp } from './app/mount-app.ts';

const root = document.querySelector<HTMLElement>('#app');
if (root === null) throw new Error('the page has no #app');
const core = connectCore();
const mounted = mountApp(core, { root, version: SOTTO_VERSION, updates: watchForUpdates(), drawn: drawnByPage() });
// After the first paint: the worker's half a megabyte of code would compete with what somebody waits to see.
void mounted.then(() => setTimeout(core.start));
