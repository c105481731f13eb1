import { COEFFICIENTS } from './coefficients.ts';
import { gaitModel } from './gait.ts';
import type { ConditionModel } from './model.ts';
import { rigidityProxyModel } from './rigidity-proxy.ts';
import { tremorModel } from './tremor.ts';

/** Named in every assessment: which rules and numbers spoke. */
export const MODEL_VERSION = COEFFICIENTS.version;

/** Every model, in the order of the contract's conditions. */
export const MODELS: readonly ConditionModel[] = [tremorModel, rigidityProxyModel, gaitModel];
