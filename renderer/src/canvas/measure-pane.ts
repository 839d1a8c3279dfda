import type { Attachment } from 'svelte/attachments';
import type { Viewport } from './viewport.svelte.ts';

/** Tells the viewport the size of the element in device pixels, now and whenever it changes. */
export function measurePane(viewport: Viewport): Attachment<HTMLElement> {
  return (element) => {
    const observer = new ResizeObserver(() => {
      const { width, height } = element.getBoundingClientRect();
      if (width < 2 || height < 2) return;
      viewport.setPane({ width: Math.floor(width * devicePixelRatio), height: Math.floor(height * devicePixelRatio) });
    });
    observer.observe(element);
    return () => observer.disconnect();
  };
}
