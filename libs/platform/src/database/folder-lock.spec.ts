import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface, type Interface } from 'node:readline';
import { transformFileSync } from '@swc/core';
import { DatabaseFolderInUse, DatabaseFolderUnusable, lockFolder } from './folder-lock';

/**
 * Takes the lock of the folder on each line that it is sent, and frees it on `free`. Answers `held` or the error.
 * Its file system is slow by chance, so that two starters meet between any two steps.
 */
const STARTER = `
  const fs = require('node:fs');
  for (const name of ['statSync', 'readFileSync', 'renameSync', 'rmSync']) {
    const call = fs[name];
    fs[name] = (...args) => {
      for (const until = performance.now() + Math.random(); performance.now() < until; );
      return call(...args);
    };
  }
  const { lockFolder } = require('./folder-lock.cjs');
  let release;
  const take = (folder) => {
    try { release = lockFolder(folder); return 'held'; } catch (error) { return error.name + ': ' + error.message; }
  };
  const free = () => { release(); return 'freed'; };
  require('node:readline').createInterface({ input: process.stdin })
    .on('line', (line) => console.log(line === 'free' ? free() : take(line)));
`;

interface Starter {
  process: ChildProcess;
  /** Sends one line and resolves with the answer. */
  ask(line: string): Promise<string>;
}

const work = mkdtempSync(join(tmpdir(), 'rekey-lock-'));
const starters: Starter[] = [];
let folders = 0;

beforeAll(() => {
  const source = join(__dirname, 'folder-lock.ts');
  const { code } = transformFileSync(source, {
    module: { type: 'commonjs' },
    jsc: { parser: { syntax: 'typescript' } },
  });
  writeFileSync(join(work, 'folder-lock.cjs'), code);
  writeFileSync(join(work, 'starter.cjs'), STARTER);
});
afterEach(() => starters.splice(0).forEach((starter) => starter.process.kill('SIGKILL')));
afterAll(() => rmSync(work, { recursive: true }));

function newFolder(): string {
  return join(work, `data-${(folders += 1)}`);
}

function start(): Starter {
  const child = spawn(process.execPath, [join(work, 'starter.cjs')], { stdio: ['pipe', 'pipe', 'inherit'] });
  const answers: Interface = createInterface({ input: child.stdout });
  const ask = (line: string): Promise<string> => {
    const answer = new Promise<string>((resolve) => answers.once('line', resolve));
    child.stdin.write(`${line}\n`);
    return answer;
  };
  const starter = { process: child, ask };
  starters.push(starter);
  return starter;
}

async function killed(starter: Starter): Promise<void> {
  const ended = new Promise((resolve) => starter.process.once('exit', resolve));
  starter.process.kill('SIGKILL');
  await ended;
}

function plant(folder: string, holder: string): void {
  mkdirSync(join(folder, 'database.lock'), { recursive: true });
  writeFileSync(join(folder, 'database.lock', 'holder'), holder);
}

function plantDeadHolder(folder: string): void {
  const { pid } = spawnSync(process.execPath, ['--version']);
  plant(folder, JSON.stringify({ pid, startedAt: '1' }));
}

describe('lockFolder', () => {
  it('refuses a folder that another live process holds, in one line with the folder and its pid', async () => {
    const folder = newFolder();
    const holder = start();
    expect(await holder.ask(folder)).toBe('held');

    expect(() => lockFolder(folder)).toThrow(DatabaseFolderInUse);
    const message = `The data folder ${folder} is in use by process ${holder.process.pid}: stop that process, or choose another folder.`;
    expect(() => lockFolder(folder)).toThrow(message);
  });

  it('refuses a second opening by the same process', () => {
    const folder = newFolder();
    const release = lockFolder(folder);
    expect(() => lockFolder(folder)).toThrow(DatabaseFolderInUse);
    release();
  });

  it('takes over from a holder that was killed', async () => {
    const folder = newFolder();
    const holder = start();
    expect(await holder.ask(folder)).toBe('held');
    await killed(holder);
    expect(() => lockFolder(folder)()).not.toThrow();
  });

  it('takes over from a dead holder whose pid a younger process got', () => {
    const folder = newFolder();
    const { pid } = start().process;
    plant(folder, JSON.stringify({ pid, startedAt: '1' }));
    expect(() => lockFolder(folder)()).not.toThrow();
  });

  it('takes over from a killed holder that its parent has not reaped', async () => {
    const folder = newFolder();
    const parent = spawn('sh', ['-c', 'sleep 60 & echo $!; exec cat']);
    const line = (): Promise<Buffer> => new Promise((resolve) => parent.stdout.once('data', resolve));
    const pid = Number((await line()).toString());
    // Once `cat` answers, the shell that would reap is gone.
    parent.stdin.write('?');
    await line();
    process.kill(pid, 'SIGKILL');
    const stat = (): string[] => readFileSync(`/proc/${pid}/stat`, 'utf8').split(' ');
    while (stat()[2] !== 'Z') await new Promise(setImmediate);
    plant(folder, JSON.stringify({ pid, startedAt: stat()[21] }));

    expect(() => lockFolder(folder)()).not.toThrow();
    parent.kill();
  });

  it('takes over a lock that a crash of the machine left empty', () => {
    const folder = newFolder();
    plant(folder, '');
    expect(() => lockFolder(folder)()).not.toThrow();
  });

  it('takes over a lock that names nobody', () => {
    const folder = newFolder();
    plant(folder, '{"pid":0}');
    writeFileSync(join(folder, 'database.lock', 'other'), '');
    expect(() => lockFolder(folder)()).not.toThrow();
  });

  it('frees the folder for another process, and leaves nothing in it', async () => {
    const folder = newFolder();
    plantDeadHolder(folder);
    lockFolder(folder)();
    expect(readdirSync(folder)).toEqual([]);
    expect(await start().ask(folder)).toBe('held');
  });

  it('lets exactly one of eight that start together take a dead lock', async () => {
    const eight = Array.from({ length: 8 }, start);
    for (let round = 0; round < 20; round += 1) {
      const folder = newFolder();
      plantDeadHolder(folder);
      const answers = await Promise.all(eight.map((starter) => starter.ask(folder)));
      expect(answers.filter((answer) => answer === 'held')).toHaveLength(1);
      expect(answers.filter((answer) => answer.startsWith('DatabaseFolderInUse'))).toHaveLength(7);
    }
  });

  it('lets exactly one of those that are left take over each time the holder is killed', async () => {
    const folder = newFolder();
    for (let left = Array.from({ length: 6 }, start); left.length > 0;) {
      const answers = await Promise.all(left.map((starter) => starter.ask(folder)));
      const [winner, ...others] = left.filter((_, index) => answers[index] === 'held');
      expect(others).toEqual([]);
      await killed(winner!);
      left = left.filter((starter) => starter !== winner);
    }
  });

  it('never lets two hold a folder that is freed while others try', async () => {
    const folder = newFolder();
    const [first, ...others] = Array.from({ length: 6 }, start);
    for (let round = 0; round < 40; round += 1) {
      await first!.ask(folder);
      const answers = others.map((starter) => starter.ask(folder));
      await first!.ask('free');
      const winners = (await Promise.all(answers)).flatMap((answer, index) =>
        answer === 'held' ? others[index]! : [],
      );
      expect(winners.length).toBeLessThan(2);
      for (const winner of winners) await winner.ask('free');
    }
  });

  it('says in one line that a folder cannot be used', () => {
    const file = join(work, 'a-file');
    writeFileSync(file, '');
    expect(() => lockFolder(join(file, 'data'))).toThrow(DatabaseFolderUnusable);
    expect(() => lockFolder(join(file, 'data'))).toThrow(/^The data folder .*a-file\/data can't be used: ENOTDIR.*$/);
    expect(existsSync(join(file, 'data'))).toBe(false);
  });
});
