/**
 * The files of a drop or a paste, folders opened to any depth, sorted by path. Entries must be taken while the event is
 * being handled: the browser empties the transfer afterwards, which is why the first step is not asynchronous.
 */
export async function collectFiles(transfer: DataTransfer): Promise<File[]> {
  const entries: FileSystemEntry[] = [];
  for (const item of transfer.items) {
    const entry = item.kind === 'file' ? item.webkitGetAsEntry() : null;
    if (entry !== null) entries.push(entry);
  }
  if (entries.length === 0) return [...transfer.files];
  const files: { path: string; file: File }[] = [];
  for (const entry of entries) await collectEntry(entry, files);
  return files.sort((a, b) => a.path.localeCompare(b.path)).map(({ file }) => file);
}

async function collectEntry(entry: FileSystemEntry, files: { path: string; file: File }[]): Promise<void> {
  if (entry.name.startsWith('.')) return;
  if (entry.isFile) {
    files.push({ path: entry.fullPath, file: await fileOf(entry as FileSystemFileEntry) });
    return;
  }
  for (const child of await childrenOf(entry as FileSystemDirectoryEntry)) await collectEntry(child, files);
}

function fileOf(entry: FileSystemFileEntry): Promise<File> {
  return new Promise((resolve, reject) => entry.file(resolve, reject));
}

async function childrenOf(folder: FileSystemDirectoryEntry): Promise<FileSystemEntry[]> {
  const reader = folder.createReader();
  const children: FileSystemEntry[] = [];
  for (;;) {
    // A reader gives a hundred entries at a time and nothing at the end.
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
    if (some.length === 0) return children;
    children.push(...some);
  }
}
