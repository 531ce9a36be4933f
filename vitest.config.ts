import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // Those need a live PyTorch: vitest.peers.config.ts.
    exclude: ['test/peers/**'],
    // TensorFlow keeps one backend a process, and tests fork processes of their own: a fork a file, never threads.
    pool: 'forks',
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
