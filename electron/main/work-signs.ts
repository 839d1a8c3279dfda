import { Notification, powerSaveBlocker, type BrowserWindow } from 'electron';
import type { Work } from './work-watch.ts';

/** Work that took at least this long is worth a word when it ends while the person looks elsewhere. */
const longWorkMs = 30_000;
/** As Electron's `setProgressBar` takes it: more than 1 is work of unknown length, less than 0 is none. */
const unknownLength = 2;
const noBar = -1;

/**
 * Shows outside the window that there is work: the computer does not fall asleep over it, the task bar tells how far it
 * is, and a notification tells when it has ended.
 * @param now milliseconds that only ever rise
 */
export class WorkSigns {
  readonly #windowOf: () => BrowserWindow | undefined;
  readonly #now: () => number;
  #blocker: number | undefined;
  #since = 0;

  constructor(windowOf: () => BrowserWindow | undefined, now: () => number = () => performance.now()) {
    this.#windowOf = windowOf;
    this.#now = now;
  }

  show({ isBusy, done }: Work): void {
    const window = this.#windowOf();
    window?.setProgressBar(isBusy ? (done ?? unknownLength) : noBar);
    if (isBusy && this.#blocker === undefined) {
      this.#since = this.#now();
      this.#blocker = powerSaveBlocker.start('prevent-app-suspension');
    } else if (!isBusy && this.#blocker !== undefined) {
      powerSaveBlocker.stop(this.#blocker);
      this.#blocker = undefined;
      if (this.#now() - this.#since >= longWorkMs && window !== undefined && !window.isFocused()) notify(window);
    }
  }
}

function notify(window: BrowserWindow): void {
  if (!Notification.isSupported()) return;
  const notification = new Notification({ title: 'Pellucid', body: 'The work is done.' });
  notification.on('click', () => window.show());
  notification.show();
}
