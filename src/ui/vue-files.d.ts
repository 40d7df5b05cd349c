/** For tools that do not read `.vue` files themselves (the linter); vue-tsc finds the real types first. */
declare module '*.vue' {
  import type { Component } from 'vue';

  const component: Component;
  export default component;
}
