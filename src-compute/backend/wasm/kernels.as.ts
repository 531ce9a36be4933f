/**
 * @file The kernels that training needs and TensorFlow.js' wasm backend lacks or has slow: AssemblyScript, compiled by
 * build.mjs into kernels.wasm. They work on TensorFlow.js' own heap, whose memory they import; they own no memory, so
 * nothing here may need static data, a heap or a runtime. Addresses are in bytes, sizes in elements, values float32.
 */
export { packPanels, convolve, convolveInputGradient } from './kernels/convolution.as';
export { convolutionFilterGradient, transposedProduct } from './kernels/filter-gradient.as';
export { batchNorm, normalise, batchNormGradient } from './kernels/batch-norm.as';
export { relu, addRelu, reluGradient } from './kernels/activation.as';
export { maxPool, maxPoolGradient, averagePool, averagePoolGradient } from './kernels/pooling.as';
