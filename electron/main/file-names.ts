/** The name alone, without anything that a file system would read as a place. */
export function toFileName(suggested: string): string {
  // eslint-disable-next-line no-control-regex -- control characters are what is taken out
  const name = suggested.replaceAll(/[\u0000-\u001f/\\:*?"<>|]/g, '_').replace(/^\.+/, '');
  return name.slice(0, 200) || 'photo';
}
