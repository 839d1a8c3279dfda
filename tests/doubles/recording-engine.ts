/** An engine that records what reaches it. */
export function createRecordingEngine() {
  const calls: { name: string; params: unknown }[] = [];
  let stopped = (): void => undefined;
  const stopping = new Promise<void>((resolve) => (stopped = resolve));
  const engine = {
    calls,
    starts: 0,
    stops: 0,
    /** Lets `stop` finish. */
    stopped,
    state: { state: 'ready', message: '' },
    pid: 1,
    call: async (name: string, params: unknown) => {
      calls.push({ name, params });
      return name === 'image.open' ? { imageId: 'photo' } : null;
    },
    onState: () => () => undefined,
    start: () => void (engine.starts += 1),
    stop: () => {
      engine.stops += 1;
      return stopping;
    },
  };
  return engine;
}
