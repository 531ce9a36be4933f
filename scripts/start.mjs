/** @file `npm start`: set-up, then the studio's window, once there is one. */
import { entry } from './runtime/entry.mjs';
import { setUp } from './runtime/set-up.mjs';

await entry(async () => {
  await setUp();
  console.log(
    'The window is not built yet; everything there is runs from the terminal: `npm run demo`, or `npm run -s cli -- help`.',
  );
});
