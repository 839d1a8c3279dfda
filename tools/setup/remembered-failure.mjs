import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { cacheFolder } from './paths.mjs';

/** For this long a failed download is not tried again, so that the next start takes seconds. */
const rememberedForMs = 60 * 60 * 1000;

/**
 * What was said when something failed not long ago under the same circumstances.
 * @param {string} name what failed, as a file name
 * @param {string} circumstances whatever a change of should lead to another try
 * @param {number} now milliseconds since 1970
 * @returns {Promise<string | undefined>} the message
 */
export async function recallFailure(name, circumstances, now = Date.now()) {
  const text = await readFile(fileFor(name), 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  const failure = JSON.parse(text);
  const isFresh = now >= failure.at && now - failure.at < rememberedForMs;
  return isFresh && failure.circumstances === circumstances ? failure.message : undefined;
}

/**
 * @param {string} name
 * @param {string} circumstances
 * @param {string} message
 * @param {number} now milliseconds since 1970
 */
export async function rememberFailure(name, circumstances, message, now = Date.now()) {
  await mkdir(path.dirname(fileFor(name)), { recursive: true });
  await writeFile(fileFor(name), JSON.stringify({ at: now, circumstances, message }));
}

/** Forgets every remembered failure, for the person who has changed something and says so. */
export async function forgetFailures() {
  await rm(path.dirname(fileFor('any')), { recursive: true, force: true });
}

/** @param {string} name */
function fileFor(name) {
  return path.join(cacheFolder(), 'failures', `${name}.json`);
}
