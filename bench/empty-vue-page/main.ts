/** The least that a page made with Vue can be: what the app's start is measured against. */
import { createApp, h } from 'vue';

createApp({ render: () => h('p', 'Empty') }).mount('#app');
