/**
 * `npm run test:webkit`: one journey in WebKitGTK, an engine without sync access handles, so that the storage written
 * behind is tried in a real one. Not part of `npm test`: its packages are large, and few machines have them.
 */
import { existsSync } from 'node:fs';
import { endChildrenWithMe, runChild } from '../lib/child.ts';
import { ensureBuild } from '../lib/ensure-build.ts';
import { inRoot } from '../lib/paths.ts';

const needed = ['/usr/bin/WebKitWebDriver', '/usr/bin/xvfb-run', '/usr/bin/dbus-run-session', '/usr/bin/python3'];
const packages = 'webkit2gtk-driver xvfb dbus-x11 python3-gi gir1.2-webkit2-4.1';
const LIMIT_MS = 300_000;

const hasBindings = async (): Promise<boolean> => {
  const ask = 'import gi; gi.require_version("WebKit2", "4.1"); gi.require_version("Gtk", "3.0")';
  return (await runChild('/usr/bin/python3', ['-c', ask])).code === 0;
};

const missing = needed.filter((path) => !existsSync(path));
if (missing.length > 0 || !(await hasBindings())) {
  console.log(`SKIPPED: WebKitGTK was not tried. It needs (Debian): apt-get install ${packages}`);
} else {
  endChildrenWithMe();
  await ensureBuild();
  const journey = ['-a', 'dbus-run-session', '--', process.execPath, inRoot('e2e/webkitgtk/journey.ts')];
  const { code, transcript } = await runChild('xvfb-run', journey, { limitMs: LIMIT_MS });
  const lines = transcript.split('\n');
  console.log((code === 0 ? lines.filter((line) => line.startsWith('webkitgtk:')) : lines).join('\n'));
  process.exitCode = code;
}
