import type { BatchEvent, BatchItem } from '../../../src/shared/batch.ts';

/** The photos of the queue after something has happened to them. */
export function itemsAfter(
  items: readonly BatchItem[],
  event: Exclude<BatchEvent, { type: 'progress' }>,
): readonly BatchItem[] {
  switch (event.type) {
    case 'state':
      return event.state.items;
    case 'items': {
      const changed = new Map(event.items.map((item) => [item.itemId, item]));
      const known = items.map((item) => changed.get(item.itemId) ?? item);
      for (const { itemId } of items) changed.delete(itemId);
      return [...known, ...changed.values()];
    }
    case 'removed': {
      const gone = new Set(event.itemIds);
      return items.filter(({ itemId }) => !gone.has(itemId));
    }
    case 'reordered': {
      const byId = new Map(items.map((item) => [item.itemId, item]));
      return event.itemIds.flatMap((itemId) => byId.get(itemId) ?? []);
    }
    case 'totals':
      return items;
  }
}
