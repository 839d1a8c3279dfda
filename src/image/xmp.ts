/*
 * XMP is text in XML and is changed as text, so that everything else in it stays byte for byte as it was (XMP
 * specification part 1, section 7: a property is an attribute or an element).
 */

/** XMP made true for an upright picture: orientation 1, and no embedded thumbnails of the old picture. */
export function normaliseXmp(xmp: Uint8Array): Uint8Array {
  return rewrite(xmp, (text) =>
    text
      .replace(/(\btiff:Orientation\s*=\s*["'])[2-8](?=["'])/g, '$11')
      .replace(/(<tiff:Orientation>\s*)[2-8](?=\s*<)/g, '$11')
      .replace(/<xmp:Thumbnails\b[^>]*>[\s\S]*?<\/xmp:Thumbnails>/g, ''),
  );
}

/** XMP without the GPS properties of the EXIF name space. */
export function stripXmpGps(xmp: Uint8Array): Uint8Array {
  return rewrite(xmp, (text) =>
    text
      .replace(/\s*\bexif:GPS\w+\s*=\s*(?:"[^"]*"|'[^']*')/g, '')
      .replace(/<exif:(GPS\w+)\b[^>]*?(?:\/>|>[\s\S]*?<\/exif:\1>)/g, ''),
  );
}

/** XMP without the white space that its writer left for edits in place. */
export function withoutPadding(xmp: Uint8Array): Uint8Array {
  return rewrite(xmp, (text) => text.replace(/\s{64,}(?=<\?xpacket\s+end)/, '\n'));
}

function rewrite(xmp: Uint8Array, change: (text: string) => string): Uint8Array {
  // Latin-1 maps every byte to one character and back, so UTF-8 in names and captions passes untouched.
  const text = Buffer.from(xmp.buffer, xmp.byteOffset, xmp.byteLength).toString('latin1');
  const changed = change(text);
  return changed === text ? xmp : Uint8Array.from(Buffer.from(changed, 'latin1'));
}
