import type { Attachment } from 'svelte/attachments';

/** Calls back once, when the element has come into view. */
export function inView(callback: () => void): Attachment {
  return (element) => {
    const observer = new IntersectionObserver((entries) => {
      if (!entries.some(({ isIntersecting }) => isIntersecting)) return;
      observer.disconnect();
      callback();
    });
    observer.observe(element);
    return () => observer.disconnect();
  };
}
