import type { Nanos } from '../base/brand.js';
import type { Model } from '../model/model.js';
import type { Naming } from './naming.js';

/** What findings are written with, once a trace is read as far as it goes. */
export interface FindingContext {
  readonly naming: Naming;
  readonly model: Model;
  readonly now: Nanos;
}
