import type { RouteLocationRaw, Router } from 'vue-router';

/** Goes to the screen above: by stepping back when that is where one came from, so that Back never goes in circles. */
export const goUp = async (router: Router, parent: RouteLocationRaw): Promise<void> => {
  const { back } = history.state as { readonly back?: unknown };
  if (back === router.resolve(parent).fullPath) router.back();
  else await router.replace(parent);
};
