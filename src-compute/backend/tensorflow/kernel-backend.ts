/** @file The part of TensorFlow.js' node backend that we call: TensorFlow operations by name. */
import type { Tensor } from '@tensorflow/tfjs-core';

/** An attribute of a TensorFlow operation. */
export interface OperationAttribute {
  name: string;
  type: number;
  value: number | string | boolean | readonly number[];
}

/** The native binding: attribute type codes and version. */
export interface TensorflowBinding {
  readonly TF_Version: string;
  readonly TF_FLOAT: number;
  readonly TF_INT32: number;
  readonly TF_ATTR_STRING: number;
  readonly TF_ATTR_INT: number;
  readonly TF_ATTR_FLOAT: number;
  readonly TF_ATTR_BOOL: number;
  readonly TF_ATTR_TYPE: number;
}

/** TensorFlow.js' node backend. */
export interface TensorflowKernelBackend {
  readonly binding: TensorflowBinding;
  readonly isUsingGpuDevice: boolean;
  executeSingleOutput(name: string, attributes: OperationAttribute[], inputs: Tensor[]): Tensor;
  executeMultipleOutputs(name: string, attributes: OperationAttribute[], inputs: Tensor[], outputs: number): Tensor[];
}

/** Builds attributes with the binding's type codes. */
export class Attributes {
  readonly #binding: TensorflowBinding;

  constructor(binding: TensorflowBinding) {
    this.#binding = binding;
  }

  /** A float32 type attribute. */
  float32Type(name: string): OperationAttribute {
    return { name, type: this.#binding.TF_ATTR_TYPE, value: this.#binding.TF_FLOAT };
  }

  string(name: string, value: string): OperationAttribute {
    return { name, type: this.#binding.TF_ATTR_STRING, value };
  }

  integers(name: string, value: readonly number[]): OperationAttribute {
    return { name, type: this.#binding.TF_ATTR_INT, value };
  }

  float(name: string, value: number): OperationAttribute {
    return { name, type: this.#binding.TF_ATTR_FLOAT, value };
  }

  boolean(name: string, value: boolean): OperationAttribute {
    return { name, type: this.#binding.TF_ATTR_BOOL, value };
  }
}
