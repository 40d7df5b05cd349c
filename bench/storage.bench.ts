/**
 * Our database beside the databases that a browser could have instead: what a commit costs in calls to the files, and
 * how long writing, reading, opening and searching take, in turns within one run (bench/storage).
 */
import type { BenchSuite } from './contract.ts';
import { measureAtScale } from './storage/at-scale.ts';
import { measureBesidePeers } from './storage/beside-peers.ts';
import { countCommitCost } from './storage/commit-cost.ts';
import { installPeers } from './storage/install-peers.ts';
import { openLab } from './storage/lab.ts';
import { measurePageCiphers } from './storage/page-cipher.ts';
import { serveSite } from './storage/site.ts';

const suite: BenchSuite = async function* ({ scale, browser: only }) {
  if (only === undefined) {
    yield* countCommitCost(scale);
    yield* measurePageCiphers({ scale });
  }
  await installPeers();
  await using site = await serveSite();
  for (const browser of ['chromium', 'firefox'] as const) {
    if (only !== undefined && only !== browser) continue;
    await using lab = await openLab(browser, site.url);
    if (lab === undefined) {
      console.error(`storage: there is no ${browser} on this machine, and so no line of it`);
      continue;
    }
    yield* measureBesidePeers(lab, site, { browser, scale });
    yield* measureAtScale({ lab, browser, scale });
  }
};

export default suite;
