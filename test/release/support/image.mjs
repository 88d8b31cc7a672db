import { cpSync, existsSync, mkdirSync, readFileSync, renameSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { ROOT } from '../../support/api.mjs';
import { copyRepository } from './repository-copy.mjs';
import { run } from '../../support/processes.mjs';

/**
 * What `docker build .` would make, without Docker: the stages of the Dockerfile, each in a folder of its own below
 * `folder` that stands for its file system. Base images are this machine; RUN commands run as they are written.
 * Knows only the instructions and forms that our Dockerfile uses, and throws at another.
 */
export async function buildImage(folder) {
  const context = join(folder, 'context');
  await copyRepository(context, isSentToDocker());
  const stages = new Map();
  let stage;
  for (const { instruction, rest } of instructions()) {
    if (instruction === 'FROM') {
      const name = rest.match(/ AS (\w+)$/)?.[1] ?? String(stages.size);
      stage = { root: join(folder, name), workdir: '/', env: {} };
      stages.set(name, stage);
    } else {
      await step(stage, instruction, rest, { context, stages });
    }
  }
  return { ...stage, folder: join(stage.root, stage.workdir) };
}

/** The environment that the Dockerfile gives to whatever runs in the image. */
export function imageEnvironment() {
  const stage = { env: {} };
  const own = instructions().filter(({ instruction }) => instruction === 'ENV');
  for (const { rest } of own) setEnvironment(stage, rest);
  return stage.env;
}

function setEnvironment({ env }, rest) {
  for (const [, name, quoted, plain] of rest.matchAll(/(\w+)=(?:"([^"]*)"|(\S*))/g)) env[name] = quoted ?? plain;
}

function instructions() {
  const text = readFileSync(join(ROOT, 'Dockerfile'), 'utf8').replaceAll(/\\\n/g, ' ');
  const lines = text.split('\n').filter((line) => line.trim() && !line.startsWith('#'));
  return lines.map((line) => ({ instruction: line.split(' ', 1)[0], rest: line.slice(line.indexOf(' ') + 1).trim() }));
}

async function step(stage, instruction, rest, { context, stages }) {
  if (instruction === 'WORKDIR') stage.workdir = rest;
  else if (instruction === 'ENV') setEnvironment(stage, rest);
  else if (instruction === 'COPY') copy(stage, rest, { context, stages });
  else if (instruction === 'RUN') await runIn(stage, rest);
  else if (instruction === 'USER') stage.user = rest;
  else if (instruction === 'CMD') stage.command = JSON.parse(rest);
  else if (instruction === 'HEALTHCHECK') stage.healthCommand = JSON.parse(rest.slice(rest.indexOf('CMD ') + 4));
  else if (instruction !== 'EXPOSE') throw new Error(`The Dockerfile has a new instruction: ${instruction}`);
}

function copy(stage, rest, { context, stages }) {
  const from = rest.match(/^--from=(\w+) /)?.[1];
  const sourceRoot = from ? stages.get(from).root : context;
  const [destination, ...sources] = rest
    .replace(/^--from=\w+ /, '')
    .split(' ')
    .reverse();
  const target = join(stage.root, stage.workdir, destination);
  for (const source of sources) {
    const path = join(sourceRoot, source);
    if (!existsSync(path)) throw new Error(`The Dockerfile copies ${source}, which is not there.`);
    const isIntoFolder = destination.endsWith('/');
    put(path, isIntoFolder ? join(target, basename(source)) : target, { isLast: Boolean(from) });
  }
}

/** From another stage it is moved, which is a thousand times faster: nobody looks there again. */
function put(path, target, { isLast }) {
  mkdirSync(dirname(target), { recursive: true });
  if (isLast) renameSync(path, target);
  else cpSync(path, target, { recursive: true });
}

async function runIn(stage, command) {
  const { code, stdout, stderr } = await run('sh', ['-c', command], {
    cwd: join(stage.root, stage.workdir),
    env: stage.env,
  });
  if (code !== 0) throw new Error(`RUN ${command} failed:\n${stdout}\n${stderr}`);
}

/** By .dockerignore, whose lines are all plain names at the root or `*.suffix`. */
function isSentToDocker() {
  const names = readFileSync(join(ROOT, '.dockerignore'), 'utf8').split('\n').filter(Boolean);
  const odd = names.find((name) => /[*?!/\\]/.test(name) && !/^\*\.\w+$/.test(name));
  if (odd) throw new Error(`.dockerignore has a new kind of line: ${odd}`);
  return (path) =>
    !names.some((name) =>
      name.startsWith('*')
        ? path.endsWith(name.slice(1)) && !path.includes('/')
        : path === name || path.startsWith(`${name}/`),
    );
}
