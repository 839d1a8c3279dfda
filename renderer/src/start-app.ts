import { mount } from 'svelte';
import App from './App.svelte';
import type { Host } from './host/host.ts';

/** Shows the window in an element. */
export function startApp(host: Host, target: HTMLElement | null): void {
  if (target === null) throw new Error('The page has no element to show the window in.');
  mount(App, { target, props: { host } });
}
