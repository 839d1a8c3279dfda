/** Opens the chooser of folders that browsers have, and gives what may be photos in it, to any depth. */
export function chooseFolderInPage(): Promise<File[]> {
  return new Promise((resolve) => {
    const input = document.createElement('input');
    input.type = 'file';
    input.webkitdirectory = true;
    input.addEventListener('change', () => resolve([...(input.files ?? [])].filter(isVisible)));
    input.addEventListener('cancel', () => resolve([]));
    input.click();
  });
}

/** Files of the system, such as `.DS_Store`, are none of the person's. */
function isVisible({ name }: File): boolean {
  return !name.startsWith('.');
}
