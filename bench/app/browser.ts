import { chromium, type Browser } from '@playwright/test';
import { findBrowser } from '../../e2e/support/browsers.ts';

/** @throws where this machine has no Chromium */
export const openBrowser = async (): Promise<Browser> => {
  const launch = findBrowser('chromium');
  if (launch === undefined) throw new Error('the app is measured in Chromium, and there is none: npm test brings one');
  return chromium.launch(launch);
};
