import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ROOT } from '../support/api.mjs';
import { run } from '../support/processes.mjs';

test('`npm run demo` tells the whole story, and it ends well', async () => {
  const { code, stdout, stderr } = await run('npm', ['run', '--silent', 'demo'], { cwd: ROOT });
  assert.equal(code, 0, stdout + stderr);
  const chapters = stdout.split('\n').filter((line) => /^\S/.test(line));
  assert.deepEqual(chapters, [
    'Ada signs in twice',
    'She asks for the address ada@example.net',
    'She types the code, and signs everyone out',
    'Both mailboxes are told',
    'It was not Ada! She undoes it from the old mailbox',
    'The reset link in the old mailbox is the only way in',
    'The end.',
  ]);
  assert.match(stdout, /the laptop's token meets 401, the phone's 401/);
  assert.match(stdout, /the old password meets 401, the new one 201/);
});
