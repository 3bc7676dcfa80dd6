import { opSpec } from './ops.js';

/** The op ids of one generation, as columns: what an event's op id stands for. */
export class OpRows {
  generation = 0;
  op = new Uint16Array(256);
  object = new Uint32Array(256);
  stack = new Int32Array(256);
  shape = new Uint8Array(256);
  /** 0: not defined; 1: defined; 2: it refers to a definition that was lost. */
  state = new Uint8Array(256);
  /** 1: the arg is a string's index. */
  isText = new Uint8Array(256);

  set(id: number, op: number, object: number, stack: number, shape: number, isWhole: boolean): void {
    if (id >= this.state.length) this.grow(Math.max(this.state.length * 2, id + 1));
    this.op[id] = op;
    this.object[id] = object;
    this.stack[id] = stack;
    this.shape[id] = shape;
    this.state[id] = isWhole ? 1 : 2;
    this.isText[id] = opSpec(op)?.arg?.type === 'string' ? 1 : 0;
  }

  /** The ids of a later generation have other meanings. */
  begin(generation: number): void {
    this.generation = generation;
    this.state.fill(0);
  }

  private grow(capacity: number): void {
    const grown = <A extends Uint16Array | Uint32Array | Int32Array | Uint8Array>(from: A, to: A): A => {
      to.set(from);
      return to;
    };
    this.op = grown(this.op, new Uint16Array(capacity));
    this.object = grown(this.object, new Uint32Array(capacity));
    this.stack = grown(this.stack, new Int32Array(capacity));
    this.shape = grown(this.shape, new Uint8Array(capacity));
    this.state = grown(this.state, new Uint8Array(capacity));
    this.isText = grown(this.isText, new Uint8Array(capacity));
  }
}
