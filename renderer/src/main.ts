import { createHost } from './host/create-host.ts';
import { startApp } from './start-app.ts';

startApp(createHost(), document.getElementById('app'));
