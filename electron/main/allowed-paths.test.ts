import { expect, test } from 'vitest';
import { createAllowedPaths } from './allowed-paths.ts';

const allowed = createAllowedPaths();
for (const file of ['/home/ada/photo.jpg', '/photos', 'relative.jpg', '/with\0null']) allowed.add(file);

test.each(['/home/ada/photo.jpg', '/home/ada/./photo.jpg', '/photos', '/photos/2024/summer/a.jpg'])(
  '%s was handed to the window',
  (file) => expect(allowed.covers(file)).toBe(true),
);

test.each([
  '/home/ada/other.jpg',
  '/home/ada',
  '/photos-of-others/a.jpg',
  '/photos/../etc/passwd',
  '/home/ada/photo.jpg/../other.jpg',
  'relative.jpg',
  '/photos/\0',
  '/with\0null',
  '/',
  '',
  undefined,
  null,
  7,
  ['/photos'],
])('%o was not', (file) => expect(allowed.covers(file)).toBe(false));
