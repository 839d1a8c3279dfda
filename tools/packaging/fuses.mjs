import { readFile } from 'node:fs/promises';

/** Where Electron's binary keeps its fuses: these bytes, the version of the format, their number, one byte each. */
export const fuseSentinel = 'dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX';

/** In their order in the binary, with what they have to be in a package. */
const wanted = {
  runAsNode: false,
  enableCookieEncryption: true,
  enableNodeOptionsEnvironmentVariable: false,
  enableNodeCliInspectArguments: false,
  enableEmbeddedAsarIntegrityValidation: true,
  onlyLoadAppFromAsar: true,
  // Neither way lets foreign code in, and it stays as Electron has it.
  loadBrowserProcessSpecificV8Snapshot: null,
  grantFileProtocolExtraPrivileges: false,
};

/**
 * Reads the fuses of a packed binary.
 * @param {string} binary
 * @throws {Error} when one is not as it has to be
 */
export async function checkFuses(binary) {
  const bytes = await readFile(binary);
  const at = bytes.indexOf(fuseSentinel);
  if (at < 0) throw new Error(`${binary} has no fuses.`);
  const wire = bytes.subarray(at + fuseSentinel.length + 2);
  Object.entries(wanted).forEach(([name, isOn], index) => {
    if (isOn !== null && wire[index] !== (isOn ? 0x31 : 0x30))
      throw new Error(`The fuse ${name} of ${binary} is not ${isOn}.`);
  });
}
