import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { expect, test } from 'vitest';

const main = join(import.meta.dirname, 'main.ts');

test('a command whose reader has gone ends without a word', async () => {
  const child = spawn(process.execPath, [main, '--help'], { stdio: ['ignore', 'pipe', 'pipe'] });
  child.stdout.destroy();
  const [said, [code]] = await Promise.all([text(child.stderr), once(child, 'exit')]);
  expect(said).toBe('');
  expect(code).toBe(141);
});

test('so does one that has nobody to complain to', async () => {
  const child = spawn(process.execPath, [main, 'no-such-command'], { stdio: ['ignore', 'pipe', 'pipe'] });
  child.stderr.destroy();
  const [said, [code]] = await Promise.all([text(child.stdout), once(child, 'exit')]);
  expect(said).toBe('');
  expect(code).toBe(141);
});
