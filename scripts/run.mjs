// Every npm script starts here: `node scripts/run.mjs <task> [arguments]`. This file alone must run on a bare Node 20
// with nothing installed. It installs what the lockfile names, then hands over to scripts/tasks/<task>.ts on the
// Node 24 that came with it, so the same version runs wherever the project is cloned.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { isInstalled } from './lib/installed.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const bin = path.join(root, 'node_modules', '.bin');
const [task, ...taskArguments] = process.argv.slice(2);

const tasks = readdirSync(path.join(root, 'scripts', 'tasks'))
  .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
  .map((file) => file.slice(0, -'.ts'.length));

if (!tasks.includes(task)) fail(`There is no task "${task ?? ''}". Tasks: ${tasks.join(', ')}.`);
if (Number(process.versions.node.split('.')[0]) < 20) fail(`Sotto needs Node 20 or newer; this is ${process.version}.`);
if (!isInstalled(root)) install();
handOver(node24());

function install() {
  console.error('Installing the dependencies (npm ci) ...');
  const npm = process.env.npm_execpath; // set when this runs as an npm script
  const command = npm === undefined ? ['npm'] : [process.execPath, npm];
  // Node 24 is itself a package whose binary is put in place by its install script.
  const options = ['ci', '--include=dev', '--ignore-scripts=false', '--no-audit', '--no-fund', '--loglevel=error'];
  const result = spawnSync(command[0], [...command.slice(1), ...options], {
    cwd: root,
    stdio: ['ignore', process.stderr, process.stderr], // a task may print JSON on the standard output
  });
  if (result.status === 0) return;
  const reason = result.error?.message ?? (result.signal === null ? `exit ${result.status}` : result.signal);
  fail(`npm could not install the dependencies (${reason}); its own message is above.
Sotto needs the npm registry once. Check the network and the proxy settings (npm config list), then run this again.`);
}

function node24() {
  const installed = path.join(root, 'node_modules', 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
  if (existsSync(installed)) return installed;
  if (Number(process.versions.node.split('.')[0]) >= 24) return process.execPath;
  return fail('Node 24 was not installed with the dependencies. Remove node_modules and run this again.');
}

function handOver(node) {
  const script = path.join(root, 'scripts', 'tasks', `${task}.ts`);
  const child = spawn(node, ['--disable-warning=ExperimentalWarning', script, ...taskArguments], {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, PATH: `${bin}${path.delimiter}${process.env.PATH ?? ''}` },
  });
  // The task ends its own children; this process waits for it, so that its exit code is the answer.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  if (process.env.npm_lifecycle_event !== undefined) endWithParent(child);
  child.on('error', (error) => fail(`${node} could not be started: ${error.message}`));
  child.on('exit', (code, signal) => {
    if (signal === null) process.exit(code ?? 1);
    for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.removeAllListeners(name);
    process.kill(process.pid, signal);
  });
}

/** npm passes a signal to its shell only, which dies without passing it on; a relay must not outlive `npm start`. */
function endWithParent(child) {
  const parent = process.ppid;
  setInterval(() => {
    if (process.ppid !== parent) child.kill('SIGTERM');
  }, 1_000).unref();
}

function fail(message) {
  console.error(message);
  process.exit(1);
}
