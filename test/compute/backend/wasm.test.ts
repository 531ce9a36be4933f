import { createWasmBackend } from '#compute/backend/wasm/wasm-backend.ts';
import { describeBackendConformance } from './conformance.ts';

describeBackendConformance('wasm', () => createWasmBackend({ threads: 1 }));
