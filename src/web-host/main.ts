import { runWebHost } from './run-web-host.ts';

/** The entry of the web host: `main.js [--port N] [--no-open]`. */
await runWebHost(process.argv.slice(2));
