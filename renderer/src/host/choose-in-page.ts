/** Opens the chooser of folders that browsers have, and gives what may be photos in it, to any depth. */
export async function chooseFolderInPage(): Promise<File[]> {
  const files = await choose((input) => {
    input.webkitdirectory = true;
  });
  // Files of the system, such as `.DS_Store`, are none of the person's.
  return files.filter(({ name }) => !name.startsWith('.'));
}

/** Opens the chooser of files that browsers have, for files of some kinds. */
export function chooseFilesInPage(accept: string, isMultiple: boolean): Promise<File[]> {
  return choose((input) => {
    input.accept = accept;
    input.multiple = isMultiple;
  });
}

function choose(configure: (input: HTMLInputElement) => void): Promise<File[]> {
  return new Promise((resolve) => {
    const input = document.createElement('input');
    input.type = 'file';
    configure(input);
    input.addEventListener('change', () => resolve([...(input.files ?? [])]));
    input.addEventListener('cancel', () => resolve([]));
    input.click();
  });
}
